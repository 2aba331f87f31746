package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.proto.wire.RowRange;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.fidelity.FidelitySampler;
import java.util.ArrayList;
import java.util.List;

/** Turns the logits of a slice into messages of at most {@link RowRange#MAX_PAYLOAD_BYTES}. Thread-safe. */
final class LabelEncoder {

    private final Terms terms;
    private final ModelShape shape;
    private final FidelitySampler fidelity;

    LabelEncoder(Offer offer, Terms terms, FidelitySampler fidelity) {
        this.terms = terms;
        this.fidelity = fidelity;
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
            output.addShape(shape.classes()).setPayload(payload(answered, range));
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

    private ByteString payload(AnsweredRows answered, RowRange range) {
        int first = range.first() * answered.rowsEach();
        int rows = range.count() * answered.rowsEach();
        int from = answered.offset() + first * shape.classes();
        ByteString payload = terms.encoding()
                .encode(answered.logits(), from, rows, shape.classes(), row -> answered.seed(first + row));
        fidelity.offer(terms.encoding(), answered.logits(), from, rows, shape.classes(), payload.size());
        return payload;
    }
}
