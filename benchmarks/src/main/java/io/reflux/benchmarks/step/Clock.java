package io.reflux.benchmarks.step;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** What a step's cost is read from. */
enum Clock {
    /** Time that passes: what a user waits. */
    WALL {
        @Override
        double seconds() {
            return System.nanoTime() / 1e9;
        }
    },
    /**
     * Time that the calling thread computes: what can be compared on a machine that others use. It says all only where
     * libtorch has one thread.
     */
    CPU {
        @Override
        double seconds() {
            return THREADS.getCurrentThreadCpuTime() / 1e9;
        }
    };

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Seconds since some moment of the past. */
    abstract double seconds();
}
