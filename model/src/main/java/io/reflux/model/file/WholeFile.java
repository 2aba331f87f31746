package io.reflux.model.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that is there as a whole, old or new, whatever happens while it is written: it is written beside its name, forced
 * to disk, then renamed. What an interrupted process leaves beside it, {@code NAME.part}, the next one overwrites.
 */
public final class WholeFile {

    private WholeFile() {}

    /** What a file shall hold. */
    @FunctionalInterface
    public interface Content {
        /** Writes it all; the stream is buffered, and closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file, in a folder that exists.
     *
     * @throws IOException if it cannot be written, or another process is writing it; a file of that name is then as it was,
     *     and nothing lies beside it
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new IOException("a folder (expected: a file)");
        }
        Path beside = target.resolveSibling(target.getFileName() + ".part");
        try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock(channel);
            try {
                channel.truncate(0);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.writeTo(out);
                out.flush();
                channel.force(true);
                Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException | RuntimeException e) {
                delete(beside, e);
                throw e;
            }
        }
    }

    /** Writes a text in UTF-8, as {@link #write(Path, Content)}. */
    public static void write(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Why a file could not be read or written; the exceptions of file systems often carry nothing but its path. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = e.getMessage();
        if (e.getClass() == IOException.class && message != null) {
            return message;
        }
        return e.getClass().getSimpleName() + (message == null ? "" : " " + message);
    }

    /** Held until the channel is closed. */
    private static void lock(FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // Somebody else in this process: the same refusal.
        }
        throw new IOException("it is being written by somebody else at this moment");
    }

    private static void delete(Path file, Exception failure) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
