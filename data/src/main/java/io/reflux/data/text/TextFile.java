package io.reflux.data.text;

import io.reflux.data.DataException;
import io.reflux.data.file.DataFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of UTF-8 text, gzip or plain. */
public final class TextFile {

    /** A bound for what a small file may unpack to. */
    private static final int MAX_BYTES = 1 << 28;

    private TextFile() {}

    /**
     * Reads the whole text.
     *
     * @param format what the file should be, with its article
     * @throws DataException if the file is missing, unreadable, no UTF-8, or holds nothing or more than 256 MiB
     */
    public static String read(Path file, String format) {
        byte[] bytes = DataFile.read(file, format, (in, maxBytes) -> in.readNBytes(MAX_BYTES + 1));
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw corrupt(file, bytes.length == 0 ? "empty" : "more than " + MAX_BYTES + " bytes", format, null);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw corrupt(file, "not UTF-8", format, e);
        }
    }

    private static DataException corrupt(Path file, String found, String format, @Nullable Exception cause) {
        String message = "%s: %s (expected: %s)".formatted(file, found, format);
        return cause == null
                ? new DataException(DataException.Code.CORRUPT, message)
                : new DataException(DataException.Code.CORRUPT, message, cause);
    }
}
