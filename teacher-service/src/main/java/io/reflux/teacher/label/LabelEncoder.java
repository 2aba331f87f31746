package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.proto.wire.RowRange;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.engine.ModelShape;
import java.util.ArrayList;
import java.util.List;

/** Turns the logits of a slice into messages of at most {@link RowRange#MAX_PAYLOAD_BYTES}. Thread-safe. */
final class LabelEncoder {

    private final Terms terms;
    private final ModelShape shape;

    LabelEncoder(Offer offer, Terms terms) {
        this.terms = terms;
        this.shape = offer.engine().shape();
    }

    /** An account of so many bytes for the answers that this encoder writes. */
    CreditAccount account(long maxBytes) {
        return new CreditAccount(maxBytes, sampleBytes(1), shape.positions());
    }

    private int sampleBytes(int rows) {
        return terms.encoding().maxEncodedBytes(rows, shape.classes());
    }

    /** The messages that answer a slice; {@code logits} holds it from {@code offset} on. */
    List<LabelResponse> encode(
            long batchId,
            Slice slice,
            ByteString modelDigest,
            float[] logits,
            int offset,
            long queueNanos,
            long computeNanos) {
        AnsweredRows answered = AnsweredRows.of(slice, logits, offset, shape);
        int rowsEach = answered.rowsEach();
        List<LabelResponse> messages = new ArrayList<>();
        for (RowRange range : RowRange.split(slice.count(), sampleBytes(rowsEach), RowRange.MAX_PAYLOAD_BYTES)) {
            OutputLabels.Builder output = OutputLabels.newBuilder();
            if (shape.positions() > 1) {
                output.addShape(rowsEach);
            }
            output.addShape(shape.classes())
                    .setPayload(terms.encoding()
                            .encode(
                                    answered.logits(),
                                    answered.offset() + range.first() * rowsEach * shape.classes(),
                                    range.count() * rowsEach,
                                    shape.classes(),
                                    row -> answered.seed(range.first() * rowsEach + row)));
            Labels labels = Labels.newBuilder()
                    .setBatchId(batchId)
                    .setModelDigest(modelDigest)
                    .setFirstSample(slice.first() + range.first())
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
