package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Opened;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.proto.v1.OutputKind;
import io.reflux.proto.v1.Views;
import io.reflux.proto.wire.CallStatus;
import io.reflux.proto.wire.RowRange;
import io.reflux.teacher.cache.CacheConfig;
import io.reflux.teacher.label.LabelLimits;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One teacher, several outputs: what each student asked for, in its encoding, within its credit, out of one pass. */
final class SeveralOutputsTest {

    /** Two students' fit into the first batch that a batcher makes. */
    private static final int ROWS = 8;

    private static final int LOGITS_BYTES = 4 * TinyModel.CLASSES;
    private static final int HINT_BYTES = 4 * HintedModel.HINT;

    private final Vertx vertx = Vertx.vertx();
    private final HintedModel model = new HintedModel();
    private TeacherServer teacher;

    @TempDir
    Path folder;

    @AfterEach
    void close() throws Exception {
        model.turns.release(1000);
        if (teacher != null) {
            teacher.close();
        }
        vertx.close().await(Student.SECONDS, TimeUnit.SECONDS);
    }

    private void serve(UnaryOperator<TeacherConfig.Builder> change) {
        teacher = TeacherServer.start(
                change.apply(TeacherConfig.builder(Path.of("tiny.onnx"))).build(), model, List.of(new TinyDataSet()));
    }

    private Student open(String... outputs) throws Exception {
        return open(Student.fp32().addAllOutputs(List.of(outputs)));
    }

    private Student open(Open.Builder open) throws Exception {
        return Student.open(vertx, teacher.grpcPort(), open);
    }

    private static Encoding encoding(EncodingKind kind) {
        return Encoding.newBuilder().setKind(kind).build();
    }

    @Test
    void opened_describesTheOutputs_andAStudentThatNamesNoneGetsTheLogitsAlone() throws Exception {
        serve(config -> config);
        try (Student old = open();
                Student both = open("hint", "logits")) {
            Opened opened = old.next().getOpened();
            assertThat(opened.getOutputsList())
                    .containsExactly(OutputDescription.newBuilder()
                            .setName("logits")
                            .addShape(TinyModel.CLASSES)
                            .setKind(OutputKind.OUTPUT_KIND_LOGITS)
                            .setClasses(TinyModel.CLASSES)
                            .build());
            assertThat(opened.getOutputEncodingsCount()).isZero();
            old.views(0, 3, ROWS);
            assertThat(HintedAnswers.collect(old, 0, ROWS, opened)).containsExactly(HintedAnswers.logits(3, ROWS));
            assertThat(model.passes).containsExactly(new HintedModel.Pass(List.of(0), ROWS));

            Opened ofBoth = both.next().getOpened();
            assertThat(ofBoth.getOutputsList())
                    .extracting(OutputDescription::getName)
                    .containsExactly("hint", "logits");
            assertThat(ofBoth.getOutputs(0).getKind()).isEqualTo(OutputKind.OUTPUT_KIND_HINT);
            assertThat(ofBoth.getOutputs(0).getShapeList()).containsExactly(3, 2);
            assertThat(ofBoth.getOutputs(0).getEncodingsList())
                    .contains(encoding(EncodingKind.ENCODING_KIND_INT8_ROWS))
                    .noneMatch(served -> served.getKind() == EncodingKind.ENCODING_KIND_TOP_K);
            assertThat(ofBoth.getOutputEncodingsList())
                    .containsOnly(encoding(EncodingKind.ENCODING_KIND_FP32))
                    .hasSize(2);
            both.views(0, 3, ROWS);
            assertThat(HintedAnswers.collect(both, 0, ROWS, ofBoth))
                    .containsExactly(HintedAnswers.hints(3, ROWS, HintedModel.HINT), HintedAnswers.logits(3, ROWS));
        }
    }

    @Test
    void studentsThatWantDifferentOutputs_areServedByOnePass() throws Exception {
        serve(config -> config.batching(256, Duration.ZERO, 1));
        try (Student first = open();
                Student ofLogits = open("logits");
                Student ofHints = open("hint")) {
            first.next();
            Opened logits = ofLogits.next().getOpened();
            Opened hints = ofHints.next().getOpened();
            model.turns.drainPermits();
            // Keeps the only worker busy until both others wait.
            first.views(0, 900, 1);
            Eventually.isTrue("the model is busy", () -> model.turns.hasQueuedThreads());
            ofLogits.views(0, 10, ROWS);
            ofHints.views(0, 400, ROWS);
            Eventually.isTrue("both wait", () -> metric("reflux_teacher_queue_batches") == 2);
            model.turns.release(2);

            assertThat(HintedAnswers.collect(ofLogits, 0, ROWS, logits))
                    .containsExactly(HintedAnswers.logits(10, ROWS));
            assertThat(HintedAnswers.collect(ofHints, 0, ROWS, hints))
                    .containsExactly(HintedAnswers.hints(400, ROWS, HintedModel.HINT));
            assertThat(model.passes)
                    .containsExactly(
                            new HintedModel.Pass(List.of(0), 1), new HintedModel.Pass(List.of(0, 1), 2 * ROWS));
        }
    }

    private double metric(String name) {
        return ServedTiny.metric(teacher, name, "");
    }

    @Test
    void credit_countsTheBytesOfHints() throws Exception {
        serve(config -> config);
        try (Student student =
                open(Student.fp32().addOutputs("logits").addOutputs("hint").setCreditBytes(0))) {
            Opened opened = student.next().getOpened();
            student.credit(3L * (LOGITS_BYTES + HINT_BYTES));
            student.views(0, 0, ROWS);
            Labels first = student.next().getLabels();
            assertThat(first.getSamples()).isEqualTo(3);
            Eventually.isTrue("stalled", () -> metric("reflux_teacher_stalled_streams") == 1);
            assertThat(model.passes).extracting(HintedModel.Pass::rows).containsExactly(3);

            student.credit(1 << 20);
            int samples = 3;
            while (samples < ROWS) {
                samples += student.next().getLabels().getSamples();
            }
            assertThat(samples).isEqualTo(ROWS);
            assertThat(opened.getOutputsCount()).isEqualTo(2);
            assertThat(metric("reflux_teacher_output_bytes_total")).isEqualTo(ROWS * (LOGITS_BYTES + HINT_BYTES));
            assertThat(ServedTiny.metric(teacher, "reflux_teacher_output_bytes_total", "output=\"hint\""))
                    .isEqualTo(ROWS * HINT_BYTES);
        }
    }

    @Test
    void largeHints_areSplit_soThatMessagesStaySmall() throws Exception {
        serve(config -> config);
        int wideBytes = 4 * HintedModel.WIDE + LOGITS_BYTES;
        try (Student student = open("wide", "logits")) {
            student.next();
            student.views(0, 0, 50);
            int most = RowRange.MAX_PAYLOAD_BYTES / wideBytes;
            int largest = 0;
            for (int left = 50; left > 0; ) {
                Labels labels = student.next().getLabels();
                assertThat(labels.getOutputs(0).getPayload().size())
                        .isEqualTo(labels.getSamples() * 4 * HintedModel.WIDE);
                largest = Math.max(largest, labels.getSamples());
                left -= labels.getSamples();
            }
            assertThat(largest).isEqualTo(most);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = EncodingKind.class,
            names = {"ENCODING_KIND_FP32", "ENCODING_KIND_FP16", "ENCODING_KIND_INT8_ROWS"})
    void outputs_eachInItsEncoding_cachedOrNot(EncodingKind kind) throws Exception {
        serve(config -> config.cache(new CacheConfig(1 << 20, null, CacheConfig.MIN_DISK_BYTES)));
        Encoding topK = Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_TOP_K)
                .setCount(TinyModel.CLASSES - 1)
                .setTemperature(1)
                .build();
        Open.Builder open = Student.fp32()
                .addOutputs("logits")
                .addOutputs("hint")
                .addOutputEncodings(topK)
                .addOutputEncodings(encoding(kind));
        try (Student student = open(open)) {
            Opened opened = student.next().getOpened();
            assertThat(opened.getEncoding()).isEqualTo(topK);
            assertThat(opened.getOutputEncodingsList()).containsExactly(topK, encoding(kind));
            student.views(0, 20, ROWS);
            List<float[]> computed = HintedAnswers.collect(student, 0, ROWS, opened);
            float[] expected = HintedAnswers.hints(20, ROWS, HintedModel.HINT);
            for (int i = 0; i < expected.length; i++) {
                // A row of two numbers has levels at both of them; binary16 has 11 bits.
                assertThat(computed.get(1)[i]).isCloseTo(expected[i], offset(Math.abs(expected[i]) / 1024));
            }
            student.views(1, 20, ROWS);
            List<float[]> known = HintedAnswers.collect(student, 1, ROWS, opened);
            assertThat(known.get(0)).isEqualTo(computed.get(0));
            assertThat(known.get(1)).isEqualTo(computed.get(1));
            assertThat(model.passes).hasSize(1);
        }
    }

    @Test
    void cache_keepsEachOutputOnItsOwn_andComputesOnlyWhatIsMissing() throws Exception {
        serve(config -> config.cache(new CacheConfig(0, folder.resolve("cache"), CacheConfig.MIN_DISK_BYTES)));
        try (Student first = open();
                Student second = open("hint", "logits")) {
            Opened logits = first.next().getOpened();
            Opened both = second.next().getOpened();
            first.views(0, 0, ROWS);
            HintedAnswers.collect(first, 0, ROWS, logits);
            assertThat(metric("reflux_teacher_cache_misses_total")).isEqualTo(ROWS);

            // The first half's logits are known, the second half's are not: one pass, over all samples.
            second.views(0, ROWS / 2, ROWS);
            assertThat(HintedAnswers.collect(second, 0, ROWS, both))
                    .containsExactly(
                            HintedAnswers.hints(ROWS / 2, ROWS, HintedModel.HINT),
                            HintedAnswers.logits(ROWS / 2, ROWS));
            assertThat(metric("reflux_teacher_cache_hits_total")).isEqualTo(ROWS / 2);
            assertThat(metric("reflux_teacher_cache_misses_total")).isEqualTo(ROWS + ROWS + ROWS / 2);
            assertThat(model.passes)
                    .containsExactly(new HintedModel.Pass(List.of(0), ROWS), new HintedModel.Pass(List.of(0, 1), ROWS));

            second.views(1, 0, ROWS / 2);
            assertThat(HintedAnswers.collect(second, 1, ROWS / 2, both))
                    .containsExactly(
                            HintedAnswers.hints(0, ROWS / 2, HintedModel.HINT), HintedAnswers.logits(0, ROWS / 2));
            assertThat(model.passes.get(2)).isEqualTo(new HintedModel.Pass(List.of(1), ROWS / 2));

            second.views(2, 0, ROWS);
            HintedAnswers.collect(second, 2, ROWS, both);
            first.views(1, ROWS / 2, ROWS);
            HintedAnswers.collect(first, 1, ROWS, logits);
            assertThat(model.passes).hasSize(3);
        }
    }

    @Test
    void outputsAskedForAtATime_areComputedOnce_whoeverAsks() throws Exception {
        serve(config -> config.cache(new CacheConfig(1 << 20, null, CacheConfig.MIN_DISK_BYTES)));
        try (Student both = open("logits", "hint");
                Student hintsOnly = open("hint");
                Student gone = open("hint", "wide")) {
            Opened ofBoth = both.next().getOpened();
            Opened ofHints = hintsOnly.next().getOpened();
            gone.next();
            model.turns.drainPermits();
            both.views(0, 0, ROWS);
            Eventually.isTrue("the model is busy", () -> model.turns.hasQueuedThreads());
            hintsOnly.views(0, 0, ROWS);
            gone.views(0, 0, ROWS);
            Eventually.isTrue("joined", () -> metric("reflux_teacher_cache_joins_total") == 2 * ROWS);
            gone.cancel();
            model.turns.release(1000);

            assertThat(HintedAnswers.collect(both, 0, ROWS, ofBoth))
                    .containsExactly(HintedAnswers.logits(0, ROWS), HintedAnswers.hints(0, ROWS, HintedModel.HINT));
            assertThat(HintedAnswers.collect(hintsOnly, 0, ROWS, ofHints))
                    .containsExactly(HintedAnswers.hints(0, ROWS, HintedModel.HINT));
            assertThat(model.passes.get(0)).isEqualTo(new HintedModel.Pass(List.of(0, 1), ROWS));
            assertThat(model.passes)
                    .filteredOn(pass -> pass.wanted().contains(1))
                    .hasSize(1);
        }
    }

    /** The leader of a flight goes away before the model has taken it; who waits for one of its outputs leads then. */
    @Test
    void leaderThatGoesAway_leavesItsOutputsToWhoWaitsForThem() throws Exception {
        serve(config -> config.batching(256, Duration.ZERO, 1)
                .cache(new CacheConfig(1 << 20, null, CacheConfig.MIN_DISK_BYTES)));
        try (Student busy = open();
                Student leader = open("logits", "hint", "wide");
                Student heir = open("wide", "hint")) {
            busy.next();
            leader.next();
            Opened opened = heir.next().getOpened();
            model.turns.drainPermits();
            busy.views(0, 900, 1);
            Eventually.isTrue("the model is busy", () -> model.turns.hasQueuedThreads());
            leader.views(0, 0, ROWS);
            Eventually.isTrue("misses", () -> metric("reflux_teacher_cache_misses_total") == 1 + 3 * ROWS);
            heir.views(0, 0, ROWS);
            Eventually.isTrue("joined", () -> metric("reflux_teacher_cache_joins_total") == 2 * ROWS);
            leader.cancel();
            Eventually.isTrue("left", () -> metric("reflux_teacher_streams") == 2);
            model.turns.release(1000);

            assertThat(HintedAnswers.collect(heir, 0, ROWS, opened))
                    .containsExactly(
                            HintedAnswers.hints(0, ROWS, HintedModel.WIDE),
                            HintedAnswers.hints(0, ROWS, HintedModel.HINT));
            assertThat(model.passes.get(1).rows()).isEqualTo(ROWS);
            assertThat(model.passes.get(1).wanted()).containsExactly(1, 2);
        }
    }

    @Test
    void hintThatIsNotFinite_failsOnlyWhoWantsIt() throws Exception {
        serve(config -> config);
        model.nanHint = true;
        try (Student ofLogits = open();
                Student ofHints = open("logits", "hint")) {
            Opened opened = ofLogits.next().getOpened();
            ofHints.next();
            ofHints.views(0, 0, 2);
            LabelResponse answer = ofHints.next();
            assertThat(answer.getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_NON_FINITE);
            assertThat(answer.getError().getMessage()).isEqualTo("hint[sample 0][row 0][0]: NaN (expected: finite)");
            ofLogits.views(0, 0, 2);
            assertThat(HintedAnswers.collect(ofLogits, 0, 2, opened)).containsExactly(HintedAnswers.logits(0, 2));
        }
    }

    @Test
    void wrongTerms_areRefusedWithTheOutputThatIsWrong() throws Exception {
        serve(config -> config);
        Encoding fp32 = encoding(EncodingKind.ENCODING_KIND_FP32);
        Encoding topK = Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_TOP_K)
                .setCount(2)
                .build();
        refused(
                Student.fp32().addOutputs("logits").addOutputs("hnt"),
                "open.outputs[1]: hnt (expected: one of the teacher's 3 outputs; nearest: hint, wide, logits)");
        refused(
                Student.fp32().addOutputs("hint").addOutputs("logits").addOutputs("hint"),
                "open.outputs[2]: hint (expected: each output once)");
        refused(
                Student.fp32().addOutputs("x".repeat(100_000)),
                "open.outputs[0]: " + "x".repeat(64)
                        + "... (expected: one of the teacher's 3 outputs; nearest: hint, logits, wide)");
        String kinds =
                "(expected: one of [ENCODING_KIND_FP32, ENCODING_KIND_FP16, ENCODING_KIND_INT8_ROWS], since output"
                        + " hint is a hint)";
        refused(
                Student.fp32().addOutputs("logits").addOutputs("hint").setEncoding(topK),
                "open.encoding.kind: ENCODING_KIND_TOP_K " + kinds);
        refused(
                Student.fp32()
                        .addOutputs("logits")
                        .addOutputs("hint")
                        .addOutputEncodings(topK)
                        .addOutputEncodings(topK),
                "open.output_encodings[1].kind: ENCODING_KIND_TOP_K " + kinds);
        refused(
                Student.fp32().addOutputs("hint").addOutputEncodings(fp32).addOutputEncodings(fp32),
                "open.output_encodings: 2 (expected: none, or one for each of the 1 in open.outputs)");
        refused(
                Student.fp32().addOutputEncodings(fp32),
                "open.output_encodings: 1 (expected: none, or one for each of the 0 in open.outputs)");
        refused(
                Student.fp32()
                        .addOutputs("hint")
                        .addOutputEncodings(fp32.toBuilder().setCount(3)),
                "open.output_encodings[0].count: 3 (expected: 0 for ENCODING_KIND_FP32)");
    }

    private void refused(Open.Builder open, String message) throws Exception {
        try (Student student = open(open)) {
            assertThat(student.end()).isEqualTo(new CallStatus(GrpcStatus.INVALID_ARGUMENT, message));
        }
    }

    @Test
    void batch_whoseHintsOfOneSampleExceedAMessage_isInvalid() throws Exception {
        serve(config -> config.limits(new LabelLimits(4096, 100, 10, 1 << 20, 10, 1 << 20, Duration.ofSeconds(10))));
        try (Student student = open("logits", "wide")) {
            student.next();
            student.batch(Batch.newBuilder()
                    .setBatchId(1)
                    .setViews(Views.newBuilder().addSampleIds(1).addAugmentationSeeds(0)));
            assertThat(student.next().getError().getMessage())
                    .isEqualTo(
                            "batch: labels of up to 8020 bytes for each sample (expected: at most 4096; ask for fewer"
                                    + " positions or outputs, or another encoding)");
        }
    }
}
