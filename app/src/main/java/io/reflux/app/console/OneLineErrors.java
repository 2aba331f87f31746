package io.reflux.app.console;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Ends a failed command with one line on standard error, {@code reflux: what, its value, what was expected}. */
public final class OneLineErrors implements IParameterExceptionHandler, IExecutionExceptionHandler, IExecutionStrategy {
    private final Verbosity verbosity;

    /** Errors whose stack traces are shown as {@code verbosity} says at the time. */
    public OneLineErrors(Verbosity verbosity) {
        this.verbosity = verbosity;
    }

    /** A command that was not understood: {@link ExitCode#USAGE}. */
    @Override
    public int handleParseException(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("reflux: " + ErrorText.of(error));
        UnmatchedArgumentException.printSuggestions(error, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        trace(error, err);
        return ExitCode.USAGE;
    }

    /** A run that failed: {@link ExitCode#FAILED}, or {@link ExitCode#USAGE} where a setting was at fault. */
    @Override
    public int handleExecutionException(Exception error, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println("reflux: " + ErrorText.of(error));
        trace(error, err);
        return error instanceof UsageException ? ExitCode.USAGE : ExitCode.FAILED;
    }

    /** Runs the last command given, and ends as a failed run what picocli lets through: memory that ran out, natives. */
    @Override
    public int execute(ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
            PrintWriter err = parsed.commandSpec().commandLine().getErr();
            err.println("reflux: " + ErrorText.of(e));
            trace(e, err);
            return ExitCode.FAILED;
        }
    }

    private void trace(Throwable error, PrintWriter err) {
        if (verbosity.verbose()) {
            error.printStackTrace(err);
        }
        err.flush();
    }
}
