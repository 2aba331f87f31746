package io.reflux.data.cifar;

import io.reflux.data.DataException;
import io.reflux.data.file.DataFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Reads one file of records: a label byte, then the red, green and blue planes, each row-major; and nothing more. */
final class CifarFile {

    private CifarFile() {}

    /** The file's records one after another; each label is below {@code numClasses}. */
    static byte[] read(Path file, int records, int recordBytes, int numClasses) {
        return DataFile.read(file, "a CIFAR binary file", (in, maxBytes) -> {
            byte[] content = readAll(file, in, records, recordBytes);
            for (int record = 0; record < records; record++) {
                int label = content[record * recordBytes] & 0xFF;
                if (label >= numClasses) {
                    throw corrupt(
                            file, "label %d of record %d (expected: 0 to %d)".formatted(label, record, numClasses - 1));
                }
            }
            return content;
        });
    }

    private static byte[] readAll(Path file, InputStream in, int records, int recordBytes) throws IOException {
        int bytes = Math.multiplyExact(records, recordBytes);
        // Grows as the bytes arrive, so that a short file costs no more than it holds.
        byte[] content = in.readNBytes(bytes);
        String expected = "%d records of %d bytes".formatted(records, recordBytes);
        if (content.length < bytes) {
            throw corrupt(file, "ends after %d of %d bytes (expected: %s)".formatted(content.length, bytes, expected));
        }
        if (in.read() >= 0) {
            throw corrupt(file, "goes on after %d bytes (expected: %s and no more)".formatted(bytes, expected));
        }
        return content;
    }

    private static DataException corrupt(Path file, String problem) {
        return new DataException(DataException.Code.CORRUPT, file + ": " + problem);
    }
}
