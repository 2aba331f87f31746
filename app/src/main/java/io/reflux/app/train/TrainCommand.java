package io.reflux.app.train;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.StopSignal;
import io.reflux.app.console.UsageException;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.StudentRun;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains or distils a student as a recipe says. */
@Command(
        name = "train",
        header = "Trains or distils a student as a recipe says.",
        description = {
            "",
            "A recipe is one YAML file: data, student, teacher, stages, export. Results go to its export folder: the"
                    + " model as ONNX, a report as JSON, a checkpoint. Progress goes to standard error, the report to"
                    + " standard output. An interrupted run (Ctrl-C, SIGTERM) writes a checkpoint first; --resume goes on"
                    + " from there and ends with the same weights.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux train recipe.yaml",
            "  reflux train recipe.yaml --data-dir /data --teacher teacher.example:7070",
            "  reflux train recipe.yaml --resume --json > report.json"
        })
public final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RecipeOptions given = new RecipeOptions();

    @Mixin
    private ReportOptions report = new ReportOptions();

    @Option(names = "--resume", description = "Go on from the checkpoint in the export folder, if there is one.")
    private boolean resume;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "Serve /metrics and a live page at this port; 0 takes any free one. Without it, none.")
    private @Nullable Integer metricsPort;

    @Option(
            names = "--metrics-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address that the metrics port listens on (default: ${DEFAULT-VALUE}).")
    private String metricsHost;

    @Override
    public Integer call() {
        Recipe recipe = given.recipe();
        try (StopSignal stop = new StopSignal()) {
            return run(recipe, stop);
        }
    }

    private int run(Recipe recipe, StopSignal stop) {
        RunOptions options = UsageException.settings(() -> given.runOptions()
                .withResume(resume)
                .withMetricsHost(metricsHost)
                .withMetricsPort(metricsPort)
                .withStop(stop));
        try {
            report.print(StudentRun.run(recipe, options), spec.commandLine().getOut());
            return ExitCode.OK;
        } catch (TrainingFailure e) {
            if (e.code() == TrainingFailure.Code.RECIPE) {
                throw new UsageException(e);
            }
            if (e.code() == TrainingFailure.Code.INTERRUPTED) {
                // Told here, as the process ends as soon as the stop signal is closed.
                spec.commandLine().getErr().println("reflux: " + e.getMessage());
                return ExitCode.FAILED;
            }
            throw e;
        }
    }
}
