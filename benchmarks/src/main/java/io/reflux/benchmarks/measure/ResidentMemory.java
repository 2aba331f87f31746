package io.reflux.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process's memory as the operating system (Linux) counts it. */
public final class ResidentMemory {

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private ResidentMemory() {}

    /**
     * Resident memory in units of 1024 bytes.
     *
     * @param process its id, or {@code self}
     * @throws IOException if there is no such process, or the system is not Linux
     */
    public static long kilobytes(String process) throws IOException {
        Path status = Path.of("/proc", process, "status");
        Matcher matcher = RESIDENT.matcher(Files.readString(status));
        if (!matcher.find()) {
            throw new IOException(status + ": no VmRSS (expected: a process on Linux)");
        }
        return Long.parseLong(matcher.group(1));
    }
}
