package io.reflux.proto.encoding;

import com.google.protobuf.ByteString;
import java.util.Objects;

/** The checks that every encoding makes on a block of rows x classes numbers. */
final class Block {

    private Block() {}

    static int elements(int rows, int classes) {
        if (rows < 0) {
            throw new IllegalArgumentException("rows: " + rows + " (expected: >= 0)");
        }
        if (classes < 1) {
            throw new IllegalArgumentException("classes: " + classes + " (expected: >= 1)");
        }
        return exact((long) rows * classes, rows, classes);
    }

    static int bytes(int rows, int classes, int bytesEach) {
        return exact((long) elements(rows, classes) * bytesEach, rows, classes);
    }

    static void requireWithin(float[] array, int offset, int elements) {
        Objects.checkFromIndexSize(offset, elements, array.length);
    }

    static void requireLength(ByteString payload, int expectedBytes) {
        if (payload.size() != expectedBytes) {
            throw new EncodingException(
                    EncodingException.Code.LENGTH,
                    "payload: " + payload.size() + " bytes (expected: " + expectedBytes + ")");
        }
    }

    private static int exact(long size, int rows, int classes) {
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "rows x classes: " + rows + " x " + classes + " (expected: a block of at most 2147483647 bytes)");
        }
        return (int) size;
    }
}
