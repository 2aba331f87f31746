package io.reflux.app.quickstart;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.student.progress.TerminalStyle;
import io.reflux.student.run.RunOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the whole of Reflux in a few minutes. */
@Command(
        name = "quickstart",
        header = "Shows it all in a few minutes: a teacher serves, a student distils, a table compares.",
        description = {
            "",
            "Trains a teacher on drawn digits (no download), serves it in a second process, trains a small student"
                    + " alone and then from the teacher's answers over gRPC, and measures the files that came out."
                    + " Leaves models, reports and the recipes that made them in the output folder.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux quickstart",
            "  reflux quickstart --output /tmp/first-light --json",
            "  reflux quickstart --keep-serving"
        })
public final class QuickstartCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "runs/quickstart",
            description = "Folder of everything that is made (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--keep-serving", description = "At the end, keep the teacher and its metrics up until Ctrl-C.")
    private boolean keepServing;

    @Option(
            names = "--json",
            description = "Print the final table as JSON, for scripts; the rest goes to standard error.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter story = json ? spec.commandLine().getErr() : out;
        RunOptions options =
                RunOptions.QUIET.withProgress(System.err, TerminalStyle.of(System.console() != null, System.getenv()));
        new Quickstart(output, story, options).run(result -> {
            print(out, result);
            if (keepServing) {
                story.println("Serving until Ctrl-C.");
                story.flush();
                untilInterrupted();
            }
        });
        return ExitCode.OK;
    }

    private void print(PrintWriter out, QuickstartResult result) {
        if (json) {
            out.println(Json.pretty(result));
        } else {
            out.println();
            result.lines().forEach(out::println);
        }
        out.flush();
    }

    /** Ctrl-C ends the process, and with it the teacher. */
    private static void untilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
