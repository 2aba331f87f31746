package io.reflux.teacher.label;

import io.reflux.teacher.batcher.Batcher;
import io.reflux.teacher.batcher.Computed;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.batcher.Job;
import io.reflux.teacher.batcher.Lane;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.batcher.SliceListener;

/** Batches that the model computes, each sample whenever it is asked for. The batcher's threads only encode. */
final class ComputedBatches implements BatchLane {

    private final Lane lane;
    private final int[] outputs;
    private final LabelEncoder encoder;
    private final AnswerDesk desk;

    ComputedBatches(Batcher batcher, Terms terms, CreditAccount credit, LabelEncoder encoder, AnswerDesk desk) {
        this.lane = batcher.open(credit);
        this.outputs = terms.outputIndexes();
        this.encoder = encoder;
        this.desk = desk;
    }

    @Override
    public boolean submit(long batchId, Samples samples) {
        return lane.submit(new Job(samples, outputs, new SliceListener() {
            @Override
            public void computed(Slice slice, Computed computed) {
                desk.answered(encoder.encode(batchId, slice, computed), encoder.sampleBytes(samples), () -> {});
            }

            @Override
            public void failed(Slice slice, Failure failure, String message) {
                desk.failed(batchId, samples, slice.count(), failure, message, () -> {});
            }
        }));
    }

    @Override
    public void wake() {
        lane.wake();
    }

    @Override
    public void close() {
        lane.close();
    }
}
