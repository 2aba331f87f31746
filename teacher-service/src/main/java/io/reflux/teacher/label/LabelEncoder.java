package io.reflux.teacher.label;

import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.proto.wire.RowRange;
import io.reflux.teacher.batcher.Slice;
import java.util.ArrayList;
import java.util.List;

/** Turns the logits of a slice into messages of at most {@link RowRange#MAX_PAYLOAD_BYTES}. Thread-safe. */
final class LabelEncoder {

    private final Offer offer;
    private final Terms terms;
    private final int classes;

    LabelEncoder(Offer offer, Terms terms) {
        this.offer = offer;
        this.terms = terms;
        this.classes = offer.engine().numClasses();
    }

    /** Most bytes of one sample's answer. */
    int sampleBytes() {
        return terms.encoding().maxEncodedBytes(1, classes);
    }

    /** The messages that answer a slice; {@code logits} holds it from {@code offset} on. */
    List<LabelResponse> encode(
            long batchId, Slice slice, float[] logits, int offset, long queueNanos, long computeNanos) {
        List<LabelResponse> messages = new ArrayList<>();
        for (RowRange range : RowRange.split(slice.count(), sampleBytes(), RowRange.MAX_PAYLOAD_BYTES)) {
            int first = slice.first() + range.first();
            OutputLabels output = OutputLabels.newBuilder()
                    .addShape(classes)
                    .setPayload(terms.encoding()
                            .encode(
                                    logits,
                                    offset + range.first() * classes,
                                    range.count(),
                                    classes,
                                    row -> slice.job().samples().seed(first + row)))
                    .build();
            Labels labels = Labels.newBuilder()
                    .setBatchId(batchId)
                    .setModelDigest(offer.engine().digest())
                    .setFirstSample(first)
                    .setSamples(range.count())
                    .addOutputs(output)
                    .setQueueMicros(queueNanos / 1000)
                    .setComputeMicros(computeNanos / 1000)
                    .build();
            messages.add(LabelResponse.newBuilder().setLabels(labels).build());
        }
        return messages;
    }
}
