package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.proto.wire.RowRange;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.fidelity.FidelitySampler;
import io.reflux.teacher.lookup.SampleEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Turns the logits of a slice into messages of at most {@link RowRange#MAX_PAYLOAD_BYTES}. Thread-safe. */
final class LabelEncoder implements SampleEncoder {

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
        return messages(
                batchId,
                slice.first(),
                slice.count(),
                rowsEach,
                range -> payload(answered, range),
                Labels.newBuilder()
                        .setModelDigest(modelDigest)
                        .setQueueMicros(queueNanos / 1000)
                        .setComputeMicros(computeNanos / 1000));
    }

    /** The messages that answer the samples from {@code first} on with what {@link #encode} wrote for each. */
    List<LabelResponse> messages(
            long batchId,
            Samples samples,
            int first,
            List<byte[]> answers,
            ByteString modelDigest,
            long queueNanos,
            long computeNanos) {
        return messages(
                batchId,
                first,
                answers.size(),
                samples.rowsEach(shape.positions()),
                range -> terms.encoding().block(answers.subList(range.first(), range.first() + range.count())),
                Labels.newBuilder()
                        .setModelDigest(modelDigest)
                        .setQueueMicros(queueNanos / 1000)
                        .setComputeMicros(computeNanos / 1000));
    }

    private List<LabelResponse> messages(
            long batchId,
            int first,
            int count,
            int rowsEach,
            Function<RowRange, ByteString> payload,
            Labels.Builder labels) {
        List<LabelResponse> messages = new ArrayList<>();
        for (RowRange range : RowRange.split(count, sampleBytes(rowsEach), RowRange.MAX_PAYLOAD_BYTES)) {
            OutputLabels.Builder output = OutputLabels.newBuilder();
            if (shape.positions() > 1) {
                output.addShape(rowsEach);
            }
            output.addShape(shape.classes()).setPayload(payload.apply(range));
            labels.setBatchId(batchId)
                    .setFirstSample(first + range.first())
                    .setSamples(range.count())
                    .clearOutputs()
                    .addOutputs(output);
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

    @Override
    public byte[] encode(float[] logits, int offset, Samples samples, int sample) {
        int[] positions = samples.positions();
        int rowsEach = samples.rowsEach(shape.positions());
        long seed = samples.seed(sample);
        int classes = shape.classes();
        List<byte[]> rows = new ArrayList<>(rowsEach);
        for (int i = 0; i < rowsEach; i++) {
            int position = positions.length == 0 ? i : positions[i];
            int from = offset + position * classes;
            byte[] row = terms.encoding().encodeRow(logits, from, classes, Seeds.ofPosition(seed, position));
            // Before the compression, which takes whole messages.
            fidelity.offer(terms.encoding(), logits, from, 1, classes, row.length);
            rows.add(row);
        }
        return rows.size() == 1 ? rows.get(0) : SoftLabelEncoding.concatenated(rows);
    }
}
