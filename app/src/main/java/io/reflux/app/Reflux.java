package io.reflux.app;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.OneLineErrors;
import io.reflux.app.console.Verbosity;
import io.reflux.app.console.Version;
import io.reflux.app.evaluate.EvaluateCommand;
import io.reflux.app.inspect.InspectCommand;
import io.reflux.app.label.LabelCommand;
import io.reflux.app.quantize.PlanCommand;
import io.reflux.app.quantize.QuantizeCommand;
import io.reflux.app.quickstart.QuickstartCommand;
import io.reflux.app.teacher.TeacherCommand;
import io.reflux.app.train.ExportCommand;
import io.reflux.app.train.TrainCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code reflux} program. */
@Command(
        name = "reflux",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = CommandLine.ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            QuickstartCommand.class,
            TeacherCommand.class,
            LabelCommand.class,
            TrainCommand.class,
            ExportCommand.class,
            EvaluateCommand.class,
            PlanCommand.class,
            QuantizeCommand.class,
            InspectCommand.class
        },
        header = "Distils a large teacher into a small student while the teacher answers.",
        description = {"", "See all of it work, on drawn digits, without a download:", "", "  reflux quickstart", ""},
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the run failed", "2:the command or a setting was not understood"})
public final class Reflux implements Runnable {
    @Mixin
    private Verbosity verbosity = new Verbosity();

    @Spec
    private CommandSpec spec;

    private Reflux() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        int code = run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args);
        System.exit(code);
    }

    /** Runs a command, writing to {@code out} and {@code err}; returns its {@linkplain ExitCode exit code}. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return commandLine().setOut(out).setErr(err).execute(args);
    }

    /** The program's commands and how they fail. */
    static CommandLine commandLine() {
        Reflux reflux = new Reflux();
        OneLineErrors errors = new OneLineErrors(reflux.verbosity);
        return new CommandLine(reflux)
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .setExecutionStrategy(errors)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "no command (expected: one of "
                        + String.join(", ", spec.subcommands().keySet()) + ")");
    }
}
