package io.reflux.app.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Turns SIGINT and SIGTERM into a question that a run asks at each step, and holds the process until the run has written
 * its checkpoint. Between construction and {@link #close} only.
 */
public final class StopSignal implements BooleanSupplier, AutoCloseable {
    /** Below the grace that Kubernetes and people give. */
    private static final long PATIENCE_SECONDS = 25;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop-signal");
    private volatile boolean stopped;

    /** Listens from now on. */
    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the run shall stop. */
    @Override
    public boolean getAsBoolean() {
        return stopped;
    }

    /** The run is over, one way or another. */
    @Override
    public void close() {
        done.countDown();
        if (!stopped) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process began to end just now; the hook finds the run over.
                return;
            }
        }
    }

    private void stop() {
        stopped = true;
        try {
            done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
