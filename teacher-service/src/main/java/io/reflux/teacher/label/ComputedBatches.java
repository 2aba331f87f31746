package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.Batcher;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.batcher.Job;
import io.reflux.teacher.batcher.Lane;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.batcher.SliceListener;

/** Batches that the model computes, each sample whenever it is asked for. The batcher's threads only encode. */
final class ComputedBatches implements BatchLane {

    private final Lane lane;
    private final LabelEncoder encoder;
    private final AnswerDesk desk;

    ComputedBatches(Batcher batcher, CreditAccount credit, LabelEncoder encoder, AnswerDesk desk) {
        this.lane = batcher.open(credit);
        this.encoder = encoder;
        this.desk = desk;
    }

    @Override
    public boolean submit(long batchId, Samples samples) {
        return lane.submit(new Job(samples, new SliceListener() {
            @Override
            public void computed(
                    Slice slice,
                    ByteString modelDigest,
                    float[] logits,
                    int offset,
                    long queueNanos,
                    long computeNanos) {
                desk.answered(
                        encoder.encode(batchId, slice, modelDigest, logits, offset, queueNanos, computeNanos),
                        () -> {});
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
