package io.reflux.proto.credentials;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Files that are read again and again, since renewed certificates and tokens must count without a restart. What they hold is
 * compared, not their times: a mounted secret changes by a link. What cannot be read leaves the last good value in use.
 *
 * @param <T> what the files hold; equal if nothing changed
 */
public final class Watched<T> {

    private final Vertx vertx;
    private final Supplier<T> read;
    private final Consumer<T> changed;
    private final Consumer<CredentialsException> failed;
    private volatile T value;
    private String lastFailure = "";

    /**
     * Reads a first time. Blocks.
     *
     * @param read reads the files; runs on a worker, one at a time
     * @param changed told each new value, on an event loop
     * @param failed told why the files cannot be read, on an event loop, once for each reason in a row
     * @throws CredentialsException if {@code read} throws it
     */
    public Watched(Vertx vertx, Supplier<T> read, Consumer<T> changed, Consumer<CredentialsException> failed) {
        this.vertx = vertx;
        this.read = read;
        this.changed = changed;
        this.failed = failed;
        this.value = read.get();
    }

    /** The last value that could be read. */
    public T value() {
        return value;
    }

    /** Reads again at each interval, until Vert.x is closed. */
    public void every(Duration interval) {
        vertx.setTimer(
                interval.toMillis(),
                timer -> vertx.executeBlocking(read::get).onComplete((now, failure) -> {
                    if (failure == null) {
                        settle(now);
                    } else if (failure instanceof CredentialsException e) {
                        report(e);
                    } else {
                        report(new CredentialsException(String.valueOf(failure.getMessage()), failure));
                    }
                    every(interval);
                }));
    }

    private void settle(T now) {
        lastFailure = "";
        if (!now.equals(value)) {
            value = now;
            changed.accept(now);
        }
    }

    private void report(CredentialsException failure) {
        String reason = String.valueOf(failure.getMessage());
        if (!reason.equals(lastFailure)) {
            lastFailure = reason;
            failed.accept(failure);
        }
    }
}
