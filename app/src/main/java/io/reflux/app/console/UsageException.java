package io.reflux.app.console;

import java.util.function.Supplier;

/** A setting that a person gave is wrong; ends the process with {@link ExitCode#USAGE}. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One line: setting, value, what was expected. */
    public UsageException(String message) {
        super(message);
    }

    /** The same for an exception whose message is such a line. */
    public UsageException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }

    /**
     * Makes settings out of what a person gave.
     *
     * @throws UsageException when {@code settings} refuses its arguments
     */
    public static <T> T settings(Supplier<T> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }
}
