package io.reflux.student.ledger;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The batches of one stage in arrays by their ids, which begin at 0 and leave no gaps. */
final class StageEntries {
    private static final int FIRST_CAPACITY = 256;
    private static final int ENTRY_BYTES = 1 + Short.BYTES + Long.BYTES;

    private byte[] times = new byte[FIRST_CAPACITY];
    private short[] models = new short[FIRST_CAPACITY];
    private long[] labels = new long[FIRST_CAPACITY];
    private int size;

    void applied(int batch, int model, long hash) {
        if (batch >= times.length) {
            int capacity = Math.max(batch + 1, times.length * 2);
            times = Arrays.copyOf(times, capacity);
            models = Arrays.copyOf(models, capacity);
            labels = Arrays.copyOf(labels, capacity);
        }
        size = Math.max(size, batch + 1);
        // What is applied too often is told; how much too often, beyond a hundred times, is not.
        times[batch] = (byte) Math.min(Byte.MAX_VALUE, times[batch] + 1);
        models[batch] = (short) Math.min(Short.MAX_VALUE, model);
        labels[batch] = hash;
    }

    int size() {
        return size;
    }

    int times(int batch) {
        return times[batch];
    }

    int model(int batch) {
        return models[batch];
    }

    long labels(int batch) {
        return labels[batch];
    }

    int encodedBytes() {
        return Math.addExact(Integer.BYTES, Math.multiplyExact(size, ENTRY_BYTES));
    }

    void encode(ByteBuffer bytes) {
        bytes.putInt(size).put(times, 0, size);
        for (int i = 0; i < size; i++) {
            bytes.putShort(models[i]);
        }
        for (int i = 0; i < size; i++) {
            bytes.putLong(labels[i]);
        }
    }

    static StageEntries decode(ByteBuffer bytes) {
        StageEntries entries = new StageEntries();
        entries.size = bytes.getInt();
        int capacity = Math.max(FIRST_CAPACITY, entries.size);
        entries.times = new byte[capacity];
        entries.models = new short[capacity];
        entries.labels = new long[capacity];
        bytes.get(entries.times, 0, entries.size);
        for (int i = 0; i < entries.size; i++) {
            entries.models[i] = bytes.getShort();
        }
        for (int i = 0; i < entries.size; i++) {
            entries.labels[i] = bytes.getLong();
        }
        return entries;
    }
}
