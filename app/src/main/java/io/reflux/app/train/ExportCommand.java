package io.reflux.app.train;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.UsageException;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.run.ExportRun;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Exports the student of a run from its checkpoint. */
@Command(
        name = "export",
        header = "Exports the student of a run from its checkpoint, without training.",
        description = {
            "",
            "The recipe is that of the run, and its export folder has the checkpoint. The student is written, reloaded in ONNX"
                    + " Runtime and measured; one in integers is compared with the graph that was trained over the whole test set,"
                    + " and replaces the file before it only where they agree. Stages behind the checkpoint that quantise are run."
                    + " No teacher at an address is asked, but by such a stage that rounds as it answers.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux export recipe.yaml",
            "  reflux export recipe.yaml --output runs/first --min-agreement 99.5",
            "  reflux export recipe.yaml --unfinished --json > report.json"
        })
public final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RecipeOptions given = new RecipeOptions();

    @Mixin
    private ReportOptions report = new ReportOptions();

    @Option(
            names = "--min-agreement",
            paramLabel = "PERCENT",
            description =
                    "Fail where a file in integers gives the class that the trained graph gives for fewer test samples"
                            + " (default: the recipe's export.minAgreement, 99.9 where it has none).")
    private @Nullable Double minAgreement;

    @Option(
            names = "--unfinished",
            description =
                    "Export the weights as they are where training is not over, instead of failing; stages that are still to"
                            + " be trained are left out.")
    private boolean unfinished;

    @Override
    public Integer call() {
        try {
            report.print(
                    ExportRun.run(recipe(), given.runOptions(), unfinished),
                    spec.commandLine().getOut());
            return ExitCode.OK;
        } catch (TrainingFailure e) {
            if (e.code() == TrainingFailure.Code.RECIPE) {
                throw new UsageException(e);
            }
            throw e;
        }
    }

    private Recipe recipe() {
        Recipe asRead = given.recipe();
        if (minAgreement == null) {
            return asRead;
        }
        double percent = minAgreement;
        if (!(percent >= 0 && percent <= 100)) {
            throw new UsageException("--min-agreement: " + percent + " (expected: 0 to 100)");
        }
        return asRead.withMinAgreement(percent);
    }
}
