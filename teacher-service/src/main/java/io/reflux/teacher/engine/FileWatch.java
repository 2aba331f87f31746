package io.reflux.teacher.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a file from time to time, and tells when another one has taken its place.
 *
 * <p>A file is told of when it was the same at two looks in a row, so that one that is being written is left alone; what is written
 * beside and then renamed is whole at once. One that is not there, or cannot be looked at, is waited for.
 */
public final class FileWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private final Path file;
    private final Duration interval;
    private @Nullable Thread thread;

    /** What the listener knows of, and what was seen last. */
    private @Nullable Look known;

    private @Nullable Look last;

    /** What tells one version of a file from another without reading it. */
    private record Look(Object key, long bytes, Object modified) {}

    /**
     * A watch that has seen the file as it is now, and does not look again before {@link #start}.
     *
     * @param interval between two looks, above 0
     */
    public FileWatch(Path file, Duration interval) {
        this.file = file;
        this.interval = interval;
        this.known = look();
        this.last = known;
    }

    /**
     * Begins to look; to be called once, before {@link #close}.
     *
     * @param changed called on the watch's thread, which looks again only afterwards; what it throws is logged
     */
    public void start(Runnable changed) {
        Thread watching = new Thread(() -> run(changed), "reflux-file-watch");
        watching.setDaemon(true);
        thread = watching;
        watching.start();
    }

    /** Looks once. */
    void poll(Runnable changed) {
        Look now = look();
        boolean settled = now != null && now.equals(last);
        last = now;
        if (settled && !now.equals(known)) {
            known = now;
            changed.run();
        }
    }

    private @Nullable Look look() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Look(
                    Objects.requireNonNullElse(attributes.fileKey(), file),
                    attributes.size(),
                    attributes.lastModifiedTime());
        } catch (IOException e) {
            // Between two versions, or gone for now; the next look may find it.
            return null;
        }
    }

    private void run(Runnable changed) {
        try {
            while (true) {
                Thread.sleep(interval.toMillis());
                try {
                    poll(changed);
                } catch (RuntimeException e) {
                    LOG.error("{}: what has changed could not be taken over", file, e);
                }
            }
        } catch (InterruptedException e) {
            // close() ends the watch so.
            return;
        }
    }

    /** Looks no more; interrupts what listens, and waits until it has ended. */
    @Override
    public void close() {
        Thread watching = thread;
        if (watching == null) {
            return;
        }
        watching.interrupt();
        boolean interrupted = false;
        while (watching.isAlive()) {
            try {
                watching.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
