package io.reflux.app.quantize;

import io.reflux.app.console.UsageException;
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

    /** The least part of the test samples, in [0, 1]. */
    double minAgreement() {
        return minAgreement / 100;
    }
}
