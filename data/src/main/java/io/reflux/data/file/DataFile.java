package io.reflux.data.file;

import io.reflux.data.DataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens a file, undoes gzip where it finds it, and turns what goes wrong into a {@link DataException}. */
public final class DataFile {

    private static final int BUFFER_BYTES = 1 << 16;
    /** Deflate makes at most 258 bytes of 2 bits, so a byte of gzip holds at most 1032. */
    private static final long MAX_INFLATION = 1032;
    /** What every JVM can give one array. */
    private static final long MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

    private DataFile() {}

    /** Reads the decompressed content of a file. */
    public interface Reader<T> {
        /** @param maxBytes most bytes that {@code in} can hold */
        T read(InputStream in, long maxBytes) throws IOException;
    }

    /**
     * Reads a file, compressed by gzip or not; the content tells, not the name.
     *
     * @param format what the file should be, with its article, such as {@code an IDX file}
     * @throws DataException if the file is missing, cannot be read or is damaged gzip data
     */
    public static <T> T read(Path file, String format, Reader<T> reader) {
        if (!Files.exists(file)) {
            throw new DataException(
                    DataException.Code.MISSING, "%s: no such file (expected: %s)".formatted(file, format));
        }
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    DataException.Code.UNREADABLE, "%s: not a regular file (expected: %s)".formatted(file, format));
        }
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            long fileBytes = Files.size(file);
            if (!isGzip(raw)) {
                return reader.read(raw, Math.min(fileBytes, MAX_ARRAY_BYTES));
            }
            try (InputStream inflated = new BufferedInputStream(new GZIPInputStream(raw, BUFFER_BYTES), BUFFER_BYTES)) {
                return reader.read(inflated, Math.min(fileBytes * MAX_INFLATION, MAX_ARRAY_BYTES));
            }
        } catch (ZipException | EOFException e) {
            throw new DataException(
                    DataException.Code.CORRUPT,
                    "%s: damaged gzip data, %s (expected: a whole gzip file)".formatted(file, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new DataException(
                    DataException.Code.UNREADABLE,
                    "%s: %s (expected: %s that can be read)".formatted(file, reason(e), format),
                    e);
        }
    }

    private static boolean isGzip(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
        in.reset();
        return gzip;
    }

    /** File system exceptions often say no more than the file's name. */
    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replaceFirst("Exception$", "");
    }
}
