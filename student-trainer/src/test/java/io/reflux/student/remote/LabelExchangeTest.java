package io.reflux.student.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
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
