package io.reflux.teacher.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A row as it lies on disk: a byte of format, the CRC-32C (RFC 3720, B.4) of key and row in little-endian, the row.
 * The key is part of the sum so that a row that comes back for another key is noticed.
 */
final class StoredRow {

    private static final byte FORMAT = 1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private StoredRow() {}

    static byte[] write(byte[] key, byte[] row) {
        return ByteBuffer.allocate(HEADER_BYTES + row.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(FORMAT)
                .putInt(checksum(key, row, 0))
                .put(row)
                .array();
    }

    /** The row; null if these bytes are not what was written for this key. */
    static byte @Nullable [] read(byte[] key, byte[] stored) {
        if (stored.length < HEADER_BYTES || stored[0] != FORMAT) {
            return null;
        }
        int sum = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getInt(1);
        if (sum != checksum(key, stored, HEADER_BYTES)) {
            return null;
        }
        byte[] row = new byte[stored.length - HEADER_BYTES];
        System.arraycopy(stored, HEADER_BYTES, row, 0, row.length);
        return row;
    }

    private static int checksum(byte[] key, byte[] bytes, int from) {
        CRC32C sum = new CRC32C();
        sum.update(key);
        sum.update(bytes, from, bytes.length - from);
        return (int) sum.getValue();
    }
}
