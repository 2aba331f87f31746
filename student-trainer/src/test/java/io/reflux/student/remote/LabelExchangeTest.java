package io.reflux.student.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.Hint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LabelExchangeTest {
    private static final String DIGEST = "ab".repeat(32);
    private static final int ROWS = 4;
    private static final int CLASSES = 2;

    private LabelExchange exchange;
    private PendingBatch batch;
    private SoftLabelEncoding encoding;

    @BeforeEach
    void sendABatch() throws Exception {
        encoding = SoftLabelEncoding.of(
                Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32).build());
        exchange = new LabelExchange(
                new TeacherTerms("teacher:1", DIGEST, 1, CLASSES, false, encoding, "logits", List.of(), 64, 4, 1 << 16),
                AnswerPolicy.ALONE);
        batch = new PendingBatch(0, ROWS, Batch.getDefaultInstance());
        exchange.add(batch);
        exchange.take(0);
    }

    @ParameterizedTest
    @CsvSource({"-1, 2", "0, 0", "0, -1", "3, 2", "4, 1", "1, 2147483647"})
    void receive_samplesThatTheBatchHasNot_areBadLabels(int first, int count) {
        assertThatThrownBy(() -> exchange.receive(labels(first, count, 1)))
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.BAD_LABELS))
                .hasMessage("teacher teacher:1: labels of batch 0: 1 outputs, samples " + first + " and " + count
                        + " more (expected: 1 output, within 4 samples)");
    }

    @Test
    void receive_partsOutOfOrderAndOneTwice_completeOnce() {
        exchange.receive(labels(2, 2, 1));
        exchange.receive(labels(2, 2, 5));
        assertThat(batch.answer()).isNotDone();

        exchange.receive(labels(0, 2, 1));

        assertThat(batch.answer().join().logits()).containsOnly(1f);
        assertThat(exchange.duplicates()).isEqualTo(1);
    }

    @Test
    void reopen_afterPartOfAnAnswer_grantsTheWholeWindowAgain() {
        exchange.receive(labels(0, 2, 1));

        assertThat(exchange.reopen()).isEqualTo(1 << 16);
        assertThat(exchange.firstUnanswered()).isZero();
        assertThat(exchange.take(0))
                .singleElement()
                .satisfies(again -> assertThat(again.getBatchId()).isZero());
    }

    @Test
    void reopen_withLabelsInUse_grantsTheWindowLessTheirBytes() {
        Labels all = labels(0, ROWS, 1);
        exchange.receive(all);
        assertThat(exchange.reopen()).isEqualTo((1 << 16) - all.getSerializedSize());

        exchange.release(0);

        assertThat(exchange.reopen()).isEqualTo(1 << 16);
    }

    /** Logits of two classes and hints of three rows of two numbers. */
    private PendingBatch hintedBatch() {
        HintTerms hint = new HintTerms(new Hint("relu1", List.of(3, 2)), encoding);
        exchange = new LabelExchange(
                new TeacherTerms(
                        "teacher:1", DIGEST, 1, CLASSES, false, encoding, "logits", List.of(hint), 64, 4, 1 << 16),
                AnswerPolicy.ALONE);
        PendingBatch hinted = new PendingBatch(0, ROWS, Batch.getDefaultInstance());
        exchange.add(hinted);
        exchange.take(0);
        return hinted;
    }

    private Labels hinted(int first, int count, float[] hint) {
        ByteString payload = encoding.encode(hint, 0, 3 * count, 2, row -> row);
        return labels(first, count, 1).toBuilder()
                .addOutputs(OutputLabels.newBuilder().setPayload(payload))
                .build();
    }

    @Test
    void receive_hintsInParts_areTheWholeInItsPlaces() {
        PendingBatch hinted = hintedBatch();
        float[] late = new float[3 * 6];
        Arrays.fill(late, 3);

        exchange.receive(hinted(1, 3, late));
        exchange.receive(hinted(0, 1, new float[] {10, 11, 12, 13, 14, 15}));

        assertThat(hinted.answer().join().hints()).hasSize(1);
        assertThat(hinted.answer().join().hints().get(0))
                .startsWith(10, 11, 12, 13, 14, 15)
                .endsWith(late);
        assertThat(hinted.answer().join().logits()).hasSize(ROWS * CLASSES).containsOnly(1);
    }

    @Test
    void receive_hintsThatAreMissingOrMalformed_areBadLabels() {
        hintedBatch();
        assertThatThrownBy(() -> exchange.receive(labels(0, ROWS, 1)))
                .hasMessage(
                        "teacher teacher:1: labels of batch 0: 1 outputs, samples 0 and 4 more (expected: 2 outputs,"
                                + " within 4 samples)");
        Labels truncated = labels(0, 1, 1).toBuilder()
                .addOutputs(OutputLabels.newBuilder().setPayload(ByteString.copyFrom(new byte[5])))
                .build();
        assertThatThrownBy(() -> exchange.receive(truncated))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith("teacher teacher:1: labels of batch 0, output relu1: ");
        ByteBuffer nan = ByteBuffer.allocate(6 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        nan.putFloat(8, Float.NaN);
        Labels sick = labels(0, 1, 1).toBuilder()
                .addOutputs(OutputLabels.newBuilder().setPayload(ByteString.copyFrom(nan)))
                .build();
        assertThatThrownBy(() -> exchange.receive(sick))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining("output relu1: ")
                .hasMessageContaining("NaN");
    }

    private Labels labels(int first, int count, float value) {
        int rows = Math.max(1, Math.min(count, ROWS));
        float[] logits = new float[rows * CLASSES];
        Arrays.fill(logits, value);
        return Labels.newBuilder()
                .setBatchId(0)
                .setModelDigest(Digests.fromHex(DIGEST))
                .setFirstSample(first)
                .setSamples(count)
                .addOutputs(OutputLabels.newBuilder().setPayload(encoding.encode(logits, 0, rows, CLASSES, row -> row)))
                .build();
    }
}
