package io.reflux.app.quantize;

import io.reflux.app.console.UsageException;
import io.reflux.quantization.fidelity.Fidelity;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say which file is good enough to be written. */
final class AcceptanceOptions {

    @Option(
            names = "--min-agreement",
            paramLabel = "PERCENT",
            defaultValue = "99.9",
            description = "Fail where the file gives the class that the quantised training graph gives for fewer test"
                    + " samples (default: ${DEFAULT-VALUE}).")
    private double minAgreement;

    /** @throws UsageException where a number is out of its range */
    void check() {
        if (!(minAgreement >= 0 && minAgreement <= 100)) {
            throw new UsageException("--min-agreement: " + minAgreement + " (expected: 0 to 100)");
        }
    }

    /** @throws io.reflux.model.graph.ModelException if the file's answers are not those of the graph that was trained */
    void require(Fidelity fidelity, Path model) {
        fidelity.requireAgreement(minAgreement / 100, model.toString());
    }
}
