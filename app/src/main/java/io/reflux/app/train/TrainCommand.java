package io.reflux.app.train;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.StopSignal;
import io.reflux.app.console.UsageException;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.progress.TerminalStyle;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.recipe.TlsConfig;
import io.reflux.student.report.ReportFile;
import io.reflux.student.report.ReportTable;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.RunResult;
import io.reflux.student.run.StudentRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

    @Parameters(paramLabel = "RECIPE.yaml", description = "What to do.")
    private Path recipeFile;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder of the standard data sets (mnist/ and so on), where the recipe names none.")
    private @Nullable Path dataDir;

    @Option(names = "--resume", description = "Go on from the checkpoint in the export folder, if there is one.")
    private boolean resume;

    @Option(names = "--output", paramLabel = "DIR", description = "Export folder, instead of the recipe's.")
    private @Nullable Path output;

    @Option(
            names = "--teacher",
            paramLabel = "HOST:PORT",
            description = "Address of the teacher, instead of the recipe's.")
    private @Nullable String teacher;

    @Option(
            names = "--teacher-ca",
            paramLabel = "FILE",
            description = "Use TLS, and trust the authorities of this PEM file, instead of the recipe's.")
    private @Nullable String teacherCa;

    @Option(
            names = "--teacher-cert",
            paramLabel = "FILE",
            description = "Own certificate in PEM, for a teacher that asks for one.")
    private @Nullable String teacherCert;

    @Option(
            names = "--teacher-key",
            paramLabel = "FILE",
            description = "Private key of the certificate, in PEM, PKCS #8.")
    private @Nullable String teacherKey;

    @Option(
            names = "--teacher-token-file",
            paramLabel = "FILE",
            description = "File with the token that the teacher asks for, instead of the recipe's.")
    private @Nullable String teacherTokenFile;

    @Option(names = "--seed", paramLabel = "N", description = "Seed, instead of the recipe's.")
    private @Nullable Long seed;

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

    @Option(names = "--json", description = "Print the report as JSON, for scripts.")
    private boolean json;

    @Override
    public Integer call() {
        Recipe recipe = recipe();
        try (StopSignal stop = new StopSignal()) {
            return run(recipe, stop);
        }
    }

    private int run(Recipe recipe, StopSignal stop) {
        RunOptions options = UsageException.settings(() -> RunOptions.QUIET
                .withDataDir(dataDir)
                .withResume(resume)
                .withMetricsHost(metricsHost)
                .withMetricsPort(metricsPort)
                .withProgress(System.err, TerminalStyle.of(System.console() != null, System.getenv()))
                .withStop(stop));
        try {
            print(StudentRun.run(recipe, options));
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

    private void print(RunResult result) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(ReportFile.json(result.report()));
        } else {
            out.print(ReportTable.of(result.report()));
            out.println("model " + result.model());
            out.println("report " + result.reportFile());
            out.println("ledger " + result.ledgerFile());
        }
        out.flush();
    }

    private Recipe recipe() {
        try {
            Recipe recipe = RecipeReader.read(recipeFile);
            if (output != null) {
                recipe = recipe.withExportFolder(output.toString());
            }
            if (seed != null) {
                recipe = recipe.withSeed(seed);
            }
            if (teacher != null) {
                recipe = recipe.withTeacherAddress(teacher);
            }
            if ((teacherCert == null) != (teacherKey == null)) {
                throw new IllegalArgumentException(
                        teacherCert == null
                                ? "--teacher-cert: absent (expected: a file, since --teacher-key is given)"
                                : "--teacher-key: absent (expected: a file, since --teacher-cert is given)");
            }
            boolean tls = teacherCa != null || teacherCert != null || teacherKey != null;
            return recipe.withTeacherAccess(
                    tls ? new TlsConfig(teacherCa, teacherCert, teacherKey) : null, teacherTokenFile);
        } catch (TrainingFailure | IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }
}
