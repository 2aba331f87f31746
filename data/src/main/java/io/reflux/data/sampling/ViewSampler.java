package io.reflux.data.sampling;

import io.reflux.data.SampleIds;
import io.reflux.data.random.PhiloxStream;
import io.reflux.data.random.Purpose;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import java.util.ArrayList;
import java.util.List;

/**
 * Endless batches of views, epoch after epoch. Batch n is a pure function of the constructor's arguments and n: a
 * sampler that resumes at n goes on exactly like one that never stopped. Every epoch shows every sample once; its last
 * batch holds what remains. Not thread-safe.
 */
public final class ViewSampler {

    /** Most samples of an epoch; its order is kept in memory, 4 bytes each. */
    public static final int MAX_SAMPLES = 1 << 28;

    private final SampleIds ids;
    private final int batchSize;
    private final long seed;
    private final Augmentation augmentation;
    private final boolean shuffle;
    private final ViewBank bank;
    private final int batchesPerEpoch;
    private long nextBatchId;
    private int orderEpoch = -1;
    private int[] order = {};

    /** A sampler that stands before batch 0 and shows new views in every epoch. */
    public ViewSampler(SampleIds ids, int batchSize, long seed, Augmentation augmentation, boolean shuffle) {
        this(ids, batchSize, seed, augmentation, shuffle, ViewBank.OPEN);
    }

    /**
     * A sampler that stands before batch 0.
     *
     * @param ids the samples of every epoch, 1 to {@link #MAX_SAMPLES}
     * @param batchSize views of a batch, at least 1; a batch size above the number of samples gives one batch an epoch
     * @param seed of the order and of the augmentation seeds
     * @param augmentation with {@link Augmentation#NONE} all augmentation seeds are 0
     * @param shuffle a new order every epoch; else the order of {@code ids}
     * @param bank which views of a sample there are; without an augmentation there is only one
     * @throws IllegalArgumentException if a value is out of range
     */
    public ViewSampler(
            SampleIds ids, int batchSize, long seed, Augmentation augmentation, boolean shuffle, ViewBank bank) {
        if (ids.size() < 1 || ids.size() > MAX_SAMPLES) {
            throw new IllegalArgumentException(
                    "samples of an epoch: %d (expected: 1 to %d)".formatted(ids.size(), MAX_SAMPLES));
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize: %d (expected: >= 1)".formatted(batchSize));
        }
        this.ids = ids;
        this.batchSize = batchSize;
        this.seed = seed;
        this.augmentation = augmentation;
        this.shuffle = shuffle;
        this.bank = bank;
        this.batchesPerEpoch = Math.toIntExact((ids.size() + batchSize - 1) / batchSize);
    }

    /** Number of batches of every epoch, the short one included. */
    public int batchesPerEpoch() {
        return batchesPerEpoch;
    }

    /** The next batch. */
    public ViewBatch next() {
        ViewBatch batch = batch(nextBatchId);
        nextBatchId++;
        return batch;
    }

    /** Where this sampler stands. */
    public SamplerState state() {
        return new SamplerState(nextBatchId);
    }

    /**
     * Goes on from {@code state}, forwards or backwards.
     *
     * @throws IllegalArgumentException if {@code state} lies beyond epoch 2^31 - 1
     */
    public void resume(SamplerState state) {
        if (state.nextBatchId() / batchesPerEpoch > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("nextBatchId: %d (expected: below 2^31 epochs of %d batches)"
                    .formatted(state.nextBatchId(), batchesPerEpoch));
        }
        nextBatchId = state.nextBatchId();
    }

    private ViewBatch batch(long batchId) {
        int epoch = Math.toIntExact(batchId / batchesPerEpoch);
        int batchInEpoch = (int) (batchId % batchesPerEpoch);
        prepare(epoch);
        int from = Math.toIntExact((long) batchInEpoch * batchSize);
        int to = (int) Math.min((long) from + batchSize, order.length);
        long epochSeed = new PhiloxStream(seed, Purpose.EPOCH_SEED, epoch).nextLong();
        List<View> views = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            long sampleId = ids.get(order[i]);
            views.add(new View(
                    sampleId, augmentation.isNone() ? 0 : bank.augmentationSeed(seed, epoch, epochSeed, sampleId)));
        }
        return new ViewBatch(batchId, epoch, batchInEpoch, batchesPerEpoch, views);
    }

    private void prepare(int epoch) {
        if (order.length == 0 || shuffle && epoch != orderEpoch) {
            int size = (int) ids.size();
            order = shuffle ? EpochOrder.shuffled(size, seed, epoch) : EpochOrder.inOrder(size);
            orderEpoch = epoch;
        }
    }
}
