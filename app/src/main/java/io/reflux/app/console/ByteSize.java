package io.reflux.app.console;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: {@code 512m}, {@code 10g}, {@code 4096}. */
public final class ByteSize {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([kmgt]?)i?b?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgt";
    private static final int UNIT_BITS = 10;

    private ByteSize() {}

    /**
     * Reads a size; units are powers of 1024.
     *
     * @param name of the setting, for the message
     * @throws IllegalArgumentException if it is malformed or above 2^63 - 1 bytes
     */
    public static long parse(String name, String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            String unit = matcher.group(2).toLowerCase(Locale.ROOT);
            int shift = unit.isEmpty() ? 0 : UNIT_BITS * (UNITS.indexOf(unit) + 1);
            if (number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new IllegalArgumentException(name + ": " + text + " (expected: bytes, such as 4096, 512m or 10g)");
    }

    /**
     * Reads a size of at least {@code least} bytes, a whole number of MiB.
     *
     * @throws IllegalArgumentException if it is malformed, smaller, or above 2^63 - 1 bytes
     */
    public static long parse(String name, String text, long least) {
        long bytes = parse(name, text);
        if (bytes < least) {
            throw new IllegalArgumentException(name + ": " + text + " (expected: at least " + (least >> 20) + "m)");
        }
        return bytes;
    }

    /** A size for people, such as {@code 1.5 MB}; units are powers of 1000. */
    public static String text(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB"};
        double size = bytes / 1000.0;
        int unit = 0;
        while (size >= 999.95 && unit < units.length - 1) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
    }
}
