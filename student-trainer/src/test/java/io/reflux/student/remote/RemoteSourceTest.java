package io.reflux.student.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.Limits;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.EncodingConfig;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceFixture;
import io.reflux.student.source.SourceState;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RemoteSourceTest extends StreamedSourceContract {
    private FakeTeacher teacher;

    @BeforeEach
    void startTeacher() throws Exception {
        teacher = new FakeTeacher(vertx).start();
    }

    @AfterEach
    void stopTeacher() throws Exception {
        teacher.close();
    }

    private RemoteConfig config() {
        return config(Duration.ofMinutes(1));
    }

    private RemoteConfig config(Duration giveUpAfter) {
        RemoteConfig.Patience patience = new RemoteConfig.Patience(
                3, Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(300), giveUpAfter);
        return config(EncodingConfig.FP32.toEncoding(1), patience);
    }

    private RemoteConfig config(Encoding encoding, RemoteConfig.Patience patience) {
        return new RemoteConfig(
                new TeacherAddress("127.0.0.1", teacher.port()),
                "test",
                SourceFixture.SET,
                augmentation(),
                false,
                SampleForm.NAMED,
                encoding,
                List.of(),
                16,
                4,
                patience,
                new AnswerPolicy(3, false, false),
                TeacherAccess.OPEN);
    }

    @Override
    protected SoftLabelSource open() {
        return RemoteSource.open(vertx, config());
    }

    /** What reaches the step is what the decoder makes of the teacher's logits, for every encoding that is served. */
    @ParameterizedTest
    @MethodSource("io.reflux.proto.encoding.SoftLabelEncoding#served")
    void request_inEveryEncoding_deliversItsRoundTrip(Encoding served) throws Exception {
        boolean counts = served.getKind() == EncodingKind.ENCODING_KIND_TOP_K
                || served.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING;
        Encoding asked =
                counts ? served.toBuilder().setCount(10).setTemperature(4).build() : served;
        List<ViewBatch> batches = batches(8);
        try (SoftLabelSource source = RemoteSource.open(vertx, config(asked, RemoteConfig.Patience.DEFAULT))) {
            for (SoftLabels labels : deliver(source, batches)) {
                float[] reference = SourceFixture.reference(
                        batches.get((int) labels.batchId()).views(), augmentation());
                for (int row = 0; row < labels.rows(); row++) {
                    double[] got = softmax(labels.logits(), row * 10, 4);
                    double[] expected = softmax(reference, row * 10, 4);
                    // int8 and binary16 are far closer; each of ten draws is a tenth, and no count is off by two.
                    double bound = served.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING ? 0.2 : 0.005;
                    assertThat(got).containsExactly(expected, Offset.offset(bound));
                }
            }
        }
    }

    private static double[] softmax(float[] logits, int from, double temperature) {
        double[] probabilities = new double[10];
        double sum = 0;
        for (int c = 0; c < 10; c++) {
            probabilities[c] = Math.exp(logits[from + c] / temperature);
            sum += probabilities[c];
        }
        for (int c = 0; c < 10; c++) {
            probabilities[c] /= sum;
        }
        return probabilities;
    }

    @Test
    void open_encodingThatTheTeacherDoesNotServe_isAMismatch() {
        teacher.description = teacher.description.toBuilder()
                .clearEncodings()
                .addEncodings(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32))
                .build();
        Encoding zstd = new EncodingConfig("fp32", 0, true).toEncoding(1);
        assertThatThrownBy(() -> RemoteSource.open(vertx, config(zstd, RemoteConfig.Patience.DEFAULT)))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageEndingWith("encodings [ENCODING_KIND_FP32] (expected: ENCODING_KIND_FP32 with"
                        + " COMPRESSION_ZSTD among them)");
    }

    @Test
    void request_connectionCutManyTimes_everyBatchIsDeliveredOnce() throws Exception {
        List<ViewBatch> batches = batches(400);
        try (SoftLabelSource source = open()) {
            List<SoftLabels> delivered = new ArrayList<>();
            for (int part = 0; part < 4; part++) {
                teacher.cutAfter.set(30);
                delivered.addAll(deliver(source, batches.subList(part * 100, part * 100 + 100)));
            }

            requireAllOnce(delivered, batches);
            assertThat(source.reconnects()).isBetween(4L, 400L);
        }
    }

    @Test
    void request_teacherKilledAndStartedAgain_reconnectsAndGoesOn() throws Exception {
        List<ViewBatch> batches = batches(100);
        try (SoftLabelSource source = open()) {
            List<SoftLabels> delivered = deliver(source, batches.subList(0, 50));
            teacher.kill();
            until(() -> source.state() == SourceState.RECONNECTING);
            List<CompletableFuture<SoftLabels>> asked = new ArrayList<>();
            for (ViewBatch batch : batches.subList(50, 60)) {
                asked.add(source.request(batch));
            }
            assertThat(asked).noneMatch(CompletableFuture::isDone);

            teacher.start();
            for (CompletableFuture<SoftLabels> answer : asked) {
                delivered.add(await(answer));
                source.release(delivered.get(delivered.size() - 1));
            }
            delivered.addAll(deliver(source, batches.subList(60, 100)));

            requireAllOnce(delivered, batches);
            assertThat(source.state()).isEqualTo(SourceState.STREAMING);
            assertThat(source.reconnects()).isEqualTo(1);
        }
    }

    @Test
    void request_teacherThatDropsEveryStream_isGivenUp() {
        teacher.dropping = true;
        try (SoftLabelSource source = RemoteSource.open(vertx, config(Duration.ofSeconds(1)))) {
            CompletableFuture<SoftLabels> answer = source.request(batches(1).get(0));

            assertThatThrownBy(() -> await(answer))
                    .cause()
                    .isInstanceOfSatisfying(
                            TrainingFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.TEACHER_UNAVAILABLE))
                    .hasMessageContaining("gone for 1 s");
            // Delays of 10, 20, 40, 50, ... ms, each at least half of that: 35 ms for the first three, 25 for each that
            // follows.
            assertThat(teacher.streams).hasValueBetween(3, 45);
        }
    }

    @Test
    void request_answeredTwice_isDeliveredOnceAndCreditIsKept() throws Exception {
        teacher.twice = true;
        List<ViewBatch> batches = batches(300);
        try (SoftLabelSource source = open()) {
            requireAllOnce(deliver(source, batches), batches);
        }
    }

    @Test
    void request_answeredInParts_isPutTogether() throws Exception {
        teacher.rowsEach = 5;
        List<ViewBatch> batches = batches(50);
        try (SoftLabelSource source = open()) {
            requireAllOnce(deliver(source, batches), batches);
        }
    }

    @Test
    void request_nothingReleased_teacherStopsAtTheWindow() throws Exception {
        // Batches of 16 rows cost some 700 bytes: 64 KB of window are used up after about 90 of them.
        List<ViewBatch> batches = batches(300);
        try (SoftLabelSource source = open()) {
            List<CompletableFuture<SoftLabels>> asked = new ArrayList<>();
            for (ViewBatch batch : batches) {
                asked.add(source.request(batch));
            }
            // A source that hears nothing for a while says so, too: only behind the last bytes is that the stall.
            until(() -> teacher.sentBytes.get() >= 64 * 1024
                    && asked.stream().filter(CompletableFuture::isDone).count() >= 60);
            until(() -> source.state() == SourceState.WAITING);

            assertThat(teacher.sentBytes.get()).isLessThanOrEqualTo(64 * 1024 + 1024);
            assertThat(asked.stream().filter(CompletableFuture::isDone).count()).isLessThanOrEqualTo(120);

            for (CompletableFuture<SoftLabels> answer : asked) {
                source.release(await(answer));
            }
            assertThat(teacher.answered).hasValue(300);
        }
    }

    @Test
    void request_overloadedForAWhile_isAskedAgain() throws Exception {
        // A batch that failed comes again under the next free id, so id 3 and what follows it fail.
        teacher.errors.put(3L, BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED);
        teacher.errors.put(7L, BatchErrorCode.BATCH_ERROR_CODE_MODEL_FAILED);
        List<ViewBatch> batches = batches(20);
        try (SoftLabelSource source = open()) {
            requireAllOnce(deliver(source, batches), batches);
        }
    }

    @Test
    void request_overloadedForGood_failsAfterSomeRetries() throws Exception {
        for (long id = 0; id < 10; id++) {
            teacher.errors.put(id, BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED);
        }
        try (SoftLabelSource source = open()) {
            requireFailure(
                    source,
                    TrainingFailure.Code.BAD_LABELS,
                    "teacher 127.0.0.1:%d: batch 0: OVERLOADED: made to fail".formatted(teacher.port()));
        }
    }

    @Test
    void request_invalidBatch_failsAtOnce() throws Exception {
        teacher.errors.put(0L, BatchErrorCode.BATCH_ERROR_CODE_INVALID);
        try (SoftLabelSource source = open()) {
            requireFailure(
                    source,
                    TrainingFailure.Code.BAD_LABELS,
                    "teacher 127.0.0.1:%d: batch 0: INVALID: made to fail".formatted(teacher.port()));
        }
    }

    @Test
    void request_labelsNotANumber_areNeverDelivered() throws Exception {
        teacher.notANumber = true;
        try (SoftLabelSource source = open()) {
            requireFailure(
                    source,
                    TrainingFailure.Code.BAD_LABELS,
                    "teacher 127.0.0.1:%d: labels of batch 0: logits[row 15][class 9]: NaN (expected: finite)"
                            .formatted(teacher.port()));
        }
    }

    @Test
    void request_teacherWithAnotherModel_failsNamingBoth() throws Exception {
        try (SoftLabelSource source = open()) {
            until(() -> source.state() == SourceState.STREAMING);
            teacher.digest = ByteString.copyFrom(new byte[32]);
            requireFailure(
                    source,
                    TrainingFailure.Code.OTHER_MODEL,
                    "teacher 127.0.0.1:%d: labels of model %s (expected: %s, with which the run began)"
                            .formatted(teacher.port(), "00".repeat(32), SourceFixture.TEACHER.digest()));
        }
    }

    @Test
    void request_streamRefused_failsWithTheTeachersWords() throws Exception {
        teacher.refuseWith = GrpcStatus.FAILED_PRECONDITION;
        try (SoftLabelSource source = open()) {
            requireFailure(
                    source,
                    TrainingFailure.Code.MISMATCH,
                    "teacher 127.0.0.1:%d: FAILED_PRECONDITION: refused in a test".formatted(teacher.port()));
        }
    }

    @Test
    void request_silentTeacher_isWaitedFor() {
        teacher.silent = true;
        try (SoftLabelSource source = open()) {
            CompletableFuture<SoftLabels> answer = source.request(batches(1).get(0));

            until(() -> source.state() == SourceState.WAITING);

            assertThat(answer).isNotDone();
        }
    }

    private void requireFailure(SoftLabelSource source, TrainingFailure.Code code, String message) {
        CompletableFuture<SoftLabels> answer = source.request(batches(1).get(0));

        assertThatThrownBy(() -> await(answer))
                .cause()
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessage(message);
        assertThat(source.state()).isEqualTo(SourceState.CLOSED);
    }

    @Test
    void close_afterWork_endsTheStreamInOrder() throws Exception {
        List<ViewBatch> batches = batches(5);
        try (SoftLabelSource source = open()) {
            deliver(source, batches);
        }

        assertThat(teacher.endedInOrder).hasValue(1);
    }

    @Test
    void open_nobodyListens_saysHowOftenItTried() throws Exception {
        teacher.kill();

        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.TEACHER_UNAVAILABLE))
                .hasMessageStartingWith("teacher 127.0.0.1:%d: not reached in 3 attempts: ".formatted(teacher.port()));
    }

    @Test
    void open_anotherNumberOfClasses_isAMismatch() {
        DescribeResponse.Builder other = teacher.description.toBuilder();
        other.getOutputsBuilder(0).setClasses(7);
        teacher.description = other.build();

        requireMismatch("7 classes (expected: 10, as in data set glyphs)");
    }

    @Test
    void open_anotherSampleShape_isAMismatch() {
        DescribeResponse.Builder other = teacher.description.toBuilder();
        other.getInputsBuilder(0).setShape(2, 32);
        teacher.description = other.build();

        requireMismatch("input of shape [1, 28, 32] (expected: 784 elements, as in data set glyphs)");
    }

    @Test
    void open_anotherDataSet_isAMismatch() {
        DescribeResponse.Builder other = teacher.description.toBuilder();
        other.getDataSetsBuilder(0).setFingerprint(ByteString.copyFrom(new byte[32]));
        teacher.description = other.build();

        requireMismatch("data sets [glyphs %s] (expected: glyphs %s; teacher.sendSamples sends samples by value)"
                .formatted("00".repeat(32), SourceFixture.SET.fingerprint()));
    }

    @Test
    void open_batchesTooLargeForTheTeacher_isAMismatch() {
        teacher.description = teacher.description.toBuilder()
                .setLimits(Limits.newBuilder().setMaxBatchSamples(8))
                .build();

        requireMismatch("batches of at most 8 samples (expected: >= 16, the batchSize)");
    }

    @Test
    void open_messagesTooSmallForTheBatchesPixels_isAMismatch() {
        // 8 samples of a byte an element and what a message has besides.
        int bytes = 8 * SourceFixture.SET.shape().elements() + 256;
        teacher.description = teacher.description.toBuilder()
                .clearDataSets()
                .setLimits(Limits.newBuilder().setMaxMessageBytes(bytes))
                .build();

        requireMismatch("batches of at most 8 samples (expected: >= 16, the batchSize)");
    }

    private void requireMismatch(String what) {
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.MISMATCH))
                .hasMessage("teacher 127.0.0.1:%d: %s".formatted(teacher.port(), what));
    }

    @Test
    void request_teacherWithoutDataSets_isSentPixels() throws Exception {
        teacher.description = teacher.description.toBuilder().clearDataSets().build();
        List<ViewBatch> batches = batches(10);
        try (SoftLabelSource source = open()) {
            requireAllOnce(deliver(source, batches), batches);
        }
    }
}
