package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.data.view.View;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.cache.RowKey;
import io.reflux.teacher.lookup.AnswerListener;
import io.reflux.teacher.lookup.LookupLane;
import io.reflux.teacher.lookup.Lookups;
import io.reflux.teacher.lookup.SampleKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches whose views are looked up in the cache, and computed where they are not in it. */
final class CachedBatches implements BatchLane {

    private final LookupLane lane;
    private final int fixedRows;
    private final Terms terms;
    private final LabelEncoder encoder;
    private final AnswerDesk desk;

    CachedBatches(Lookups lookups, Terms terms, CreditAccount credit, LabelEncoder encoder, AnswerDesk desk) {
        this.lane = lookups.open(credit, encoder, terms.outputIndexes());
        this.fixedRows = lookups.fixedRows();
        this.terms = terms;
        this.encoder = encoder;
        this.desk = desk;
    }

    @Override
    public boolean submit(long batchId, Samples samples) {
        return lane.submit(samples, keys(samples), new AnswerListener() {
            @Override
            public void answered(
                    int first, List<List<byte[]>> answers, ByteString modelDigest, long queueNanos, long computeNanos) {
                desk.answered(
                        encoder.messages(batchId, samples, first, answers, modelDigest, queueNanos, computeNanos),
                        encoder.sampleBytes(samples),
                        () -> lane.handedOver(answers.get(0).size()));
            }

            @Override
            public void failed(int count, Failure failure, String message) {
                desk.failed(batchId, samples, count, failure, message, () -> lane.handedOver(count));
            }
        });
    }

    private SampleKeys keys(Samples samples) {
        List<RowScopes> scopes = terms.scopes(samples.positions(), fixedRows);
        return new SampleKeys() {
            @Override
            public @Nullable RowKey key(int sample, int output, ByteString modelDigest) {
                View view = samples.view(sample);
                return view == null || scopes.isEmpty()
                        ? null
                        : new RowKey(scopes.get(output).of(modelDigest), view.sampleId(), view.augmentationSeed());
            }
        };
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
