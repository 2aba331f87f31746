package io.reflux.data.idx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** Content of IDX files for tests, sound or not. */
public final class IdxBytes {

    private IdxBytes() {}

    /** A header of these numbers and a body. */
    public static byte[] of(byte[] body, int... header) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * header.length + body.length);
        for (int number : header) {
            bytes.putInt(number);
        }
        return bytes.put(body).array();
    }

    /** Labels. */
    public static byte[] labels(int... labels) {
        byte[] body = new byte[labels.length];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) labels[i];
        }
        return of(body, 0x801, labels.length);
    }

    /** Images whose pixels count up through all bytes. */
    public static byte[] images(int count, int rows, int columns) {
        byte[] body = new byte[count * rows * columns];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        return of(body, 0x803, count, rows, columns);
    }

    /** The same, compressed. */
    public static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
