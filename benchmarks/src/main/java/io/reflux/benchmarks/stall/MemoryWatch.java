package io.reflux.benchmarks.stall;

import io.reflux.benchmarks.measure.ResidentMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Watches the resident memory of processes: {@code MemoryWatch SECONDS NAME=PID...}. Prints a row for each at the end; a process
 * that ends early fails the program.
 */
public final class MemoryWatch {

    private MemoryWatch() {}

    /** Watches and prints. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2) {
            System.err.println("usage: MemoryWatch SECONDS NAME=PID...");
            System.exit(2);
        }
        List<Watched> processes = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] named = arguments[i].split("=", 2);
            processes.add(new Watched(named[0], named[1], new ArrayList<>()));
        }
        int seconds = Integer.parseInt(arguments[0]);
        for (int second = 0; second <= seconds; second++) {
            for (Watched process : processes) {
                process.kilobytes.add(ResidentMemory.kilobytes(process.id));
            }
            TimeUnit.SECONDS.sleep(1);
        }
        System.out.println("| process | seconds | resident MB: start | middle | max | end |");
        System.out.println("|---|---|---|---|---|---|");
        processes.forEach(Watched::print);
    }

    private record Watched(String name, String id, List<Long> kilobytes) {
        void print() {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %.0f | %.0f | %.0f | %.0f |%n",
                    name,
                    kilobytes.size() - 1,
                    kilobytes.get(0) / 1024.0,
                    kilobytes.get(kilobytes.size() / 2) / 1024.0,
                    kilobytes.stream().mapToLong(Long::longValue).max().orElseThrow() / 1024.0,
                    kilobytes.get(kilobytes.size() - 1) / 1024.0);
        }
    }
}
