package io.reflux.data.idx;

import io.reflux.data.DataException;
import io.reflux.data.SampleShape;
import io.reflux.data.file.DataFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Reads IDX files of unsigned bytes: a magic number (0, 0, type 8, number of dimensions), the dimensions as big-endian
 * 32-bit numbers, then the values in row-major order and nothing more.
 */
final class IdxFile {

    private static final String FORMAT = "an IDX file";
    private static final int LABELS_MAGIC = 0x00000801;
    private static final int IMAGES_MAGIC = 0x00000803;
    /** Of rows and columns; far above any image set in this format, far below what overflows. */
    private static final long MAX_SIDE = 8192;

    private final Path file;
    private final InputStream in;
    private final long maxBytes;

    private IdxFile(Path file, InputStream in, long maxBytes) {
        this.file = file;
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** Reads a label file; each label is below {@code numClasses}. */
    static byte[] readLabels(Path file, int numClasses) {
        return DataFile.read(file, FORMAT, (in, maxBytes) -> new IdxFile(file, in, maxBytes).labels(numClasses));
    }

    /** Reads an image file of at least one image. */
    static IdxImages readImages(Path file) {
        return DataFile.read(file, FORMAT, (in, maxBytes) -> new IdxFile(file, in, maxBytes).images());
    }

    private byte[] labels(int numClasses) throws IOException {
        readMagic(LABELS_MAGIC, "labels");
        long count = readDimension("labels", Integer.MAX_VALUE);
        byte[] labels = readAll(count, "%d labels".formatted(count), 8);
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i] & 0xFF;
            if (label >= numClasses) {
                throw corrupt("label %d of sample %d (expected: 0 to %d)".formatted(label, i, numClasses - 1));
            }
        }
        return labels;
    }

    private IdxImages images() throws IOException {
        readMagic(IMAGES_MAGIC, "images");
        long count = readDimension("images", Integer.MAX_VALUE);
        long rows = readDimension("rows", MAX_SIDE);
        long columns = readDimension("columns", MAX_SIDE);
        if (rows * columns > SampleShape.MAX_ELEMENTS) {
            throw corrupt("images of %d x %d pixels (expected: at most %d pixels)"
                    .formatted(rows, columns, SampleShape.MAX_ELEMENTS));
        }
        // At most 2^31 * 2^26: no overflow.
        long bytes = count * rows * columns;
        byte[] pixels = readAll(bytes, "%d images of %d x %d pixels".formatted(count, rows, columns), 16);
        return new IdxImages((int) count, new SampleShape(1, (int) rows, (int) columns), pixels);
    }

    private void readMagic(int expected, String what) throws IOException {
        long magic = readNumber("magic number");
        if (magic != expected) {
            throw corrupt("magic number 0x%08X (expected: 0x%08X, IDX %s of unsigned bytes)"
                    .formatted(magic, expected, what));
        }
    }

    private long readDimension(String what, long max) throws IOException {
        long value = readNumber("number of " + what);
        if (value < 1 || value > max) {
            throw corrupt("number of %s %d (expected: 1 to %d)".formatted(what, value, max));
        }
        return value;
    }

    private long readNumber(String what) throws IOException {
        byte[] bytes = in.readNBytes(Integer.BYTES);
        if (bytes.length < Integer.BYTES) {
            throw corrupt("ends within the %s (expected: an IDX header)".formatted(what));
        }
        long value = 0;
        for (byte b : bytes) {
            value = value << 8 | b & 0xFF;
        }
        return value;
    }

    /** Reads the values; nothing is allocated for sizes that the file cannot hold. */
    private byte[] readAll(long bytes, String what, int headerBytes) throws IOException {
        if (bytes > maxBytes - headerBytes) {
            throw corrupt("%s in the header, %d bytes (expected: at most %d, the file being as long as it is)"
                    .formatted(what, bytes, Math.max(0, maxBytes - headerBytes)));
        }
        // Grows as the values arrive: a small gzip file may claim a thousand times its size.
        byte[] values = in.readNBytes((int) bytes);
        if (values.length < bytes) {
            throw corrupt("ends after %d of %d bytes (expected: %s)".formatted(values.length, bytes, what));
        }
        if (in.read() >= 0) {
            throw corrupt("goes on after %d bytes (expected: %s and no more)".formatted(bytes, what));
        }
        return values;
    }

    private DataException corrupt(String problem) {
        return new DataException(DataException.Code.CORRUPT, file + ": " + problem);
    }
}
