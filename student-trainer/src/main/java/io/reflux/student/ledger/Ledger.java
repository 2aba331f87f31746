package io.reflux.student.ledger;

import io.reflux.student.source.SoftLabels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was applied to the weights, batch by batch, in 11 bytes a batch. Not thread-safe: the training thread writes it, and
 * writes it into checkpoints.
 *
 * <p>The rolling hash is SHA-256 over the one before it, stage, batch id, model and hash of the labels' bytes of each batch as it
 * was applied: two runs with the same one applied the same labels in the same order.
 */
public final class Ledger {
    private static final int NO_MODEL = -1;

    private final List<StageEntries> stages = new ArrayList<>();
    private final List<String> models = new ArrayList<>();
    private byte[] rolling = new byte[LabelHash.BYTES];

    /**
     * One batch.
     *
     * @param stage index of the stage
     * @param batchId id of the batch in it
     * @param times how often it was applied
     * @param model index in {@link #models} of the model that labelled it last; -1 without soft labels
     * @param labels the first 8 bytes of the SHA-256 of its soft labels as little-endian float32; 0 without
     */
    public record Entry(int stage, long batchId, int times, int model, long labels) {}

    /**
     * Takes in that a batch has been applied.
     *
     * @param stage index of the stage, at least 0
     * @param batchId id of the batch in it, at least 0
     * @param labels its soft labels, null for a stage on hard labels
     */
    public void applied(int stage, long batchId, @Nullable SoftLabels labels) {
        while (stages.size() <= stage) {
            stages.add(new StageEntries());
        }
        byte[] hash = labels == null ? new byte[LabelHash.BYTES] : LabelHash.of(labels);
        String model = labels == null ? "" : labels.modelDigest();
        rolling = LabelHash.next(rolling, stage, batchId, model, hash);
        stages.get(stage)
                .applied(
                        Math.toIntExact(batchId),
                        labels == null ? NO_MODEL : index(model),
                        ByteBuffer.wrap(hash).getLong());
    }

    private int index(String model) {
        int index = models.lastIndexOf(model);
        if (index < 0) {
            index = models.size();
            models.add(model);
        }
        return index;
    }

    /** Returns the digests of the models that labelled batches, in order of their first. */
    public List<String> models() {
        return List.copyOf(models);
    }

    /** Tells each batch, by stage and id; those never applied among others are told too. */
    public void forEach(Consumer<Entry> each) {
        for (int stage = 0; stage < stages.size(); stage++) {
            StageEntries entries = stages.get(stage);
            for (int i = 0; i < entries.size(); i++) {
                each.accept(new Entry(stage, i, entries.times(i), entries.model(i), entries.labels(i)));
            }
        }
    }

    /** Returns what it comes to. */
    public LedgerSummary summary() {
        long batches = stages.stream().mapToLong(StageEntries::size).sum();
        boolean once = stages.stream()
                .allMatch(stage -> IntStream.range(0, stage.size()).allMatch(i -> stage.times(i) == 1));
        long[] byModel = new long[models.size()];
        forEach(entry -> {
            if (entry.model() != NO_MODEL) {
                byModel[entry.model()]++;
            }
        });
        List<LedgerSummary.ModelShare> shares = IntStream.range(0, byModel.length)
                .mapToObj(i -> new LedgerSummary.ModelShare(models.get(i), byModel[i]))
                .toList();
        return new LedgerSummary(batches, once, LabelHash.hex(rolling), shares);
    }

    /** Returns it as bytes, little-endian: hash, models, then each stage's counts, models and hashes. */
    public byte[] encode() {
        List<byte[]> names = models.stream()
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toList();
        int size = LabelHash.BYTES
                + 2 * Integer.BYTES
                + names.stream().mapToInt(name -> Integer.BYTES + name.length).sum()
                + stages.stream().mapToInt(StageEntries::encodedBytes).reduce(0, Math::addExact);
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(rolling).putInt(names.size());
        names.forEach(name -> bytes.putInt(name.length).put(name));
        bytes.putInt(stages.size());
        stages.forEach(stage -> stage.encode(bytes));
        return bytes.array();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws java.nio.BufferUnderflowException when the bytes end too soon
     */
    public static Ledger decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        Ledger ledger = new Ledger();
        bytes.get(ledger.rolling);
        for (int i = bytes.getInt(); i > 0; i--) {
            byte[] name = new byte[bytes.getInt()];
            bytes.get(name);
            ledger.models.add(new String(name, StandardCharsets.UTF_8));
        }
        for (int i = bytes.getInt(); i > 0; i--) {
            ledger.stages.add(StageEntries.decode(bytes));
        }
        return ledger;
    }
}
