package io.reflux.student.progress;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to write progress.
 *
 * @param redraw whether one line is redrawn in place
 * @param colour whether escape sequences for colour may be used; needs redraw
 * @param width columns of the terminal, at least 20
 */
public record TerminalStyle(boolean redraw, boolean colour, int width) {
    private static final int DEFAULT_WIDTH = 100;
    private static final int MIN_WIDTH = 20;

    /** Plain lines, for files and pipes. */
    public static final TerminalStyle PLAIN = new TerminalStyle(false, false, DEFAULT_WIDTH);

    /**
     * Checks the width.
     *
     * @throws IllegalArgumentException when it is below 20
     */
    public TerminalStyle {
        if (width < MIN_WIDTH) {
            throw new IllegalArgumentException("width: " + width + " (expected: >= " + MIN_WIDTH + ")");
        }
    }

    /**
     * Chooses a style. {@code NO_COLOR} (no-color.org) and {@code TERM=dumb} mean plain lines without escape sequences.
     *
     * @param terminal whether the output is a terminal
     * @param environment {@code NO_COLOR}, {@code TERM} and {@code COLUMNS} are read
     */
    public static TerminalStyle of(boolean terminal, Map<String, String> environment) {
        boolean escapes = terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
        return new TerminalStyle(escapes, escapes, width(environment.get("COLUMNS")));
    }

    private static int width(@Nullable String columns) {
        if (columns == null || !columns.matches("\\d{1,4}")) {
            return DEFAULT_WIDTH;
        }
        return Math.max(MIN_WIDTH, Integer.parseInt(columns));
    }
}
