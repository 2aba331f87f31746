package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.proto.wire.RowRange;
import io.reflux.teacher.batcher.Computed;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.fidelity.FidelitySampler;
import io.reflux.teacher.lookup.SampleEncoder;
import java.util.ArrayList;
import java.util.List;

/** Turns the outputs of a slice into messages of at most {@link RowRange#MAX_PAYLOAD_BYTES}. Thread-safe. */
final class LabelEncoder implements SampleEncoder {

    private final List<WantedOutput> outputs;
    private final FidelitySampler fidelity;

    LabelEncoder(Terms terms, FidelitySampler fidelity) {
        this.outputs = terms.outputs();
        this.fidelity = fidelity;
    }

    /** An account of so many bytes for the answers that this encoder writes. */
    CreditAccount account(long maxBytes) {
        return new CreditAccount(maxBytes, this::sampleBytes);
    }

    /** Most bytes of the answer to one sample of a batch, over all outputs. */
    long sampleBytes(Samples samples) {
        return outputs.stream().mapToLong(output -> output.sampleBytes(samples)).sum();
    }

    /** Payload of one output for a range of samples. */
    @FunctionalInterface
    private interface Payload {
        ByteString of(int output, RowRange samples);
    }

    /** The messages that answer a slice. */
    List<LabelResponse> encode(long batchId, Slice slice, Computed computed) {
        List<AnsweredRows> answered = outputs.stream()
                .map(output -> AnsweredRows.of(slice, computed, output))
                .toList();
        return messages(
                batchId,
                slice.job().samples(),
                slice.first(),
                slice.count(),
                (output, range) -> payload(outputs.get(output), answered.get(output), range),
                Labels.newBuilder()
                        .setModelDigest(computed.modelDigest())
                        .setQueueMicros(computed.queueNanos() / 1000)
                        .setComputeMicros(computed.computeNanos() / 1000));
    }

    /**
     * The messages that answer the samples from {@code first} on with what {@link #encode(Computed, int, int, Samples, int)}
     * wrote for each.
     *
     * @param answers of each output one a sample
     */
    List<LabelResponse> messages(
            long batchId,
            Samples samples,
            int first,
            List<List<byte[]>> answers,
            ByteString modelDigest,
            long queueNanos,
            long computeNanos) {
        return messages(
                batchId,
                samples,
                first,
                answers.get(0).size(),
                (output, range) -> outputs.get(output)
                        .encoding()
                        .block(answers.get(output).subList(range.first(), range.first() + range.count())),
                Labels.newBuilder()
                        .setModelDigest(modelDigest)
                        .setQueueMicros(queueNanos / 1000)
                        .setComputeMicros(computeNanos / 1000));
    }

    private List<LabelResponse> messages(
            long batchId, Samples samples, int first, int count, Payload payload, Labels.Builder labels) {
        List<LabelResponse> messages = new ArrayList<>();
        int sampleBytes = Math.toIntExact(sampleBytes(samples));
        for (RowRange range : RowRange.split(count, sampleBytes, RowRange.MAX_PAYLOAD_BYTES)) {
            labels.setBatchId(batchId)
                    .setFirstSample(first + range.first())
                    .setSamples(range.count())
                    .clearOutputs();
            for (int i = 0; i < outputs.size(); i++) {
                WantedOutput output = outputs.get(i);
                labels.addOutputs(OutputLabels.newBuilder()
                        .addAllShape(output.shape().shapeOf(output.rowsEach(samples)))
                        .setPayload(payload.of(i, range)));
            }
            messages.add(LabelResponse.newBuilder().setLabels(labels).build());
        }
        return messages;
    }

    private ByteString payload(WantedOutput output, AnsweredRows answered, RowRange range) {
        SoftLabelEncoding encoding = output.encoding();
        int width = output.shape().width();
        int first = range.first() * answered.rowsEach();
        int rows = range.count() * answered.rowsEach();
        int from = answered.offset() + first * width;
        ByteString payload = encoding.encode(answered.values(), from, rows, width, row -> answered.seed(first + row));
        if (output.isLogits()) {
            fidelity.offer(encoding, answered.values(), from, rows, width, payload.size());
        }
        return payload;
    }

    @Override
    public byte[] encode(Computed computed, int row, int output, Samples samples, int sample) {
        WantedOutput wanted = outputs.get(output);
        float[] values = computed.values(wanted.index());
        int offset = computed.offset(wanted.index(), row);
        int[] positions = samples.positions();
        int rowsEach = wanted.rowsEach(samples);
        long seed = samples.seed(sample);
        int width = wanted.shape().width();
        List<byte[]> rows = new ArrayList<>(rowsEach);
        for (int i = 0; i < rowsEach; i++) {
            int position = positions.length == 0 ? i : positions[i];
            int from = offset + position * width;
            byte[] encoded = wanted.encoding().encodeRow(values, from, width, Seeds.ofPosition(seed, position));
            if (wanted.isLogits()) {
                // Before the compression, which takes whole messages.
                fidelity.offer(wanted.encoding(), values, from, 1, width, encoded.length);
            }
            rows.add(encoded);
        }
        return rows.size() == 1 ? rows.get(0) : SoftLabelEncoding.concatenated(rows);
    }
}
