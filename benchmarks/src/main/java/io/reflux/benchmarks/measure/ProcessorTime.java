package io.reflux.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process's processor time as the operating system (Linux) counts it. */
public final class ProcessorTime {

    /** Linux tells processor time in hundredths of a second, whatever its own clock. */
    private static final double TICKS_A_SECOND = 100;

    private static final int USER = 11;
    private static final int SYSTEM = 12;

    private ProcessorTime() {}

    /**
     * Seconds of processor time since the process began, of all its threads.
     *
     * @param process its id, or {@code self}
     * @throws IOException if there is no such process, or the system is not Linux
     */
    public static double seconds(String process) throws IOException {
        String stat = Files.readString(Path.of("/proc", process, "stat"));
        // The second field is the name in brackets and may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS_A_SECOND;
    }
}
