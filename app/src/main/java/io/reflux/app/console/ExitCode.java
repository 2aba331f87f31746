package io.reflux.app.console;

/** What the process tells its caller. */
public final class ExitCode {
    /** Done. */
    public static final int OK = 0;

    /** The run failed: a bad file, an unreachable teacher, an unwritable folder. */
    public static final int FAILED = 1;

    /** The command was not understood: an unknown option, a value out of range, a recipe that does not parse. */
    public static final int USAGE = 2;

    private ExitCode() {}
}
