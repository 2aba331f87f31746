package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Views;
import io.reflux.proto.wire.Transport;
import io.reflux.teacher.cache.CacheConfig;
import io.reflux.teacher.label.LabelLimits;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each answer is computed once, whoever asks for it and however often, and is the same out of the cache. */
final class CachedLabelsTest {

    private static final EncodingKind FP32 = EncodingKind.ENCODING_KIND_FP32;
    private static final int ROWS = 50;
    private static final long MEMORY = 1 << 20;

    @TempDir
    Path folder;

    private static ServedTiny inMemory() {
        return new ServedTiny(config -> config.cache(new CacheConfig(MEMORY, null, CacheConfig.MIN_DISK_BYTES)));
    }

    /** Without memory, so that every hit is one of the disk. */
    private ServedTiny onDisk() {
        return new ServedTiny(
                config -> config.cache(new CacheConfig(0, folder.resolve("cache"), CacheConfig.MIN_DISK_BYTES)));
    }

    private static double metric(ServedTiny teacher, String name) {
        return teacher.metric("reflux_teacher_cache_" + name, "");
    }

    static List<Encoding> encodings() {
        return SoftLabelEncoding.served().stream()
                .map(served -> served.getKind() == EncodingKind.ENCODING_KIND_TOP_K
                                || served.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING
                        ? served.toBuilder().setCount(3).setTemperature(2).build()
                        : served)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void labels_ofAnyEncoding_areTheSameComputedKnownAndWithoutACache(Encoding encoding) throws Exception {
        float[] uncached = labels(new ServedTiny(), encoding);
        try (ServedTiny teacher = inMemory();
                Student student = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setEncoding(encoding))) {
            student.next();
            student.views(0, 10, ROWS);
            assertThat(LabelCallTest.collect(student, 0, ROWS, encoding)).isEqualTo(uncached);
            // Another batch of other neighbours: half of it is known.
            student.views(1, 35, ROWS);
            float[] half = LabelCallTest.collect(student, 1, ROWS, encoding);
            student.views(2, 10, ROWS);
            assertThat(LabelCallTest.collect(student, 2, ROWS, encoding)).isEqualTo(uncached);
            for (int i = 0; i < 25 * TinyModel.CLASSES; i++) {
                assertThat(half[i]).isEqualTo(uncached[25 * TinyModel.CLASSES + i]);
            }
            assertThat(teacher.model.unmarkedRows).hasValue(ROWS + 25);
            assertThat(metric(teacher, "hits_total")).isEqualTo(25 + ROWS);
            assertThat(metric(teacher, "misses_total")).isEqualTo(ROWS + 25);
        }
    }

    private static float[] labels(ServedTiny started, Encoding encoding) throws Exception {
        try (ServedTiny teacher = started;
                Student student = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setEncoding(encoding))) {
            student.next();
            student.views(0, 10, ROWS);
            return LabelCallTest.collect(student, 0, ROWS, encoding);
        }
    }

    @Test
    void secondStudent_ofKnownViews_takesNoModelCall_andIsToldSo() throws Exception {
        try (ServedTiny teacher = inMemory();
                Student first = teacher.open();
                Student second = teacher.open()) {
            first.next();
            second.next();
            first.views(0, 0, ROWS);
            float[] computed = LabelCallTest.collect(first, 0, ROWS, FP32);
            int calls = teacher.model.calls.get();
            second.views(7, 0, ROWS);
            LabelResponse answer = second.next();
            assertThat(answer.getLabels().getSamples()).isEqualTo(ROWS);
            assertThat(answer.getLabels().getComputeMicros()).isZero();
            float[] known = new float[computed.length];
            SoftLabelEncoding.of(Encoding.newBuilder().setKind(FP32).build())
                    .decode(answer.getLabels().getOutputs(0).getPayload(), ROWS, TinyModel.CLASSES, known, 0);
            assertThat(known).isEqualTo(computed);
            assertThat(teacher.model.calls).hasValue(calls);
            assertThat(teacher.metric("reflux_teacher_cache_hits_total", "memory"))
                    .isEqualTo(ROWS);
            assertThat(teacher.metric("reflux_teacher_cache_bytes", "memory")).isGreaterThan(ROWS * 20.0);
        }
    }

    @Test
    void viewsAskedForTwiceAtATime_areComputedOnce() throws Exception {
        try (ServedTiny teacher = inMemory();
                Student first = teacher.open();
                Student second = teacher.open()) {
            first.next();
            second.next();
            teacher.model.turns = new Semaphore(0);
            first.views(0, 0, ROWS);
            Eventually.isTrue("a miss", () -> metric(teacher, "misses_total") == ROWS);
            second.views(0, 20, ROWS);
            Eventually.isTrue("joins", () -> metric(teacher, "joins_total") == ROWS - 20);
            teacher.model.turns.release(100);
            float[] one = LabelCallTest.collect(first, 0, ROWS, FP32);
            float[] other = LabelCallTest.collect(second, 0, ROWS, FP32);
            assertThat(Arrays.copyOf(other, 30 * TinyModel.CLASSES))
                    .isEqualTo(Arrays.copyOfRange(one, 20 * TinyModel.CLASSES, ROWS * TinyModel.CLASSES));
            assertThat(teacher.model.unmarkedRows).hasValue(70);
        }
    }

    @Test
    void studentThatGoesAway_leavesItsComputationToTheOthers() throws Exception {
        try (ServedTiny teacher = inMemory();
                Student blocker = teacher.open();
                Student leaving = teacher.open();
                Student staying = teacher.open()) {
            blocker.next();
            leaving.next();
            staying.next();
            teacher.model.turns = new Semaphore(0);
            // Two workers: with two batches in the model, what the leaving student asks for waits in its lane.
            blocker.views(0, 500, 1);
            Eventually.isTrue("a batch in the model", () -> teacher.model.waiting() == 1);
            leaving.views(0, 600, 1);
            Eventually.isTrue("misses", () -> metric(teacher, "misses_total") == 2);
            leaving.views(1, 0, ROWS);
            Eventually.isTrue("more misses", () -> metric(teacher, "misses_total") == ROWS + 2);
            staying.views(0, 0, ROWS);
            Eventually.isTrue("joins", () -> metric(teacher, "joins_total") == ROWS);
            leaving.cancel();
            Eventually.isTrue("a stream less", () -> teacher.metric("reflux_teacher_streams", "") == 2);
            teacher.model.turns.release(100);
            LabelCallTest.collect(staying, 0, ROWS, FP32);
            LabelCallTest.collect(blocker, 0, 1, FP32);
            assertThat(teacher.model.unmarkedRows).hasValue(ROWS);
        }
    }

    @Test
    void failure_reachesEverybodyWhoWaits_andLeavesNothingBehind() throws Exception {
        try (ServedTiny teacher = inMemory();
                Student first = teacher.open();
                Student second = teacher.open()) {
            first.next();
            second.next();
            teacher.model.turns = new Semaphore(0);
            teacher.model.failing = true;
            first.views(0, 0, ROWS);
            Eventually.isTrue("misses", () -> metric(teacher, "misses_total") == ROWS);
            second.views(0, 0, ROWS);
            Eventually.isTrue("joins", () -> metric(teacher, "joins_total") == ROWS);
            teacher.model.turns.release(100);
            for (Student student : List.of(first, second)) {
                assertThat(student.next().getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_MODEL_FAILED);
            }
            Eventually.isTrue("nothing left", () -> metric(teacher, "flights") == 0);
            teacher.model.failing = false;
            for (Student student : List.of(first, second)) {
                student.views(1, 0, ROWS);
                LabelCallTest.collect(student, 1, ROWS, FP32);
            }
            assertThat(teacher.model.unmarkedRows).hasValue(ROWS);
        }
    }

    @Test
    void nonFiniteRows_failWhoeverAsksForThem_areNotKept_andSpareTheirNeighbours() throws Exception {
        try (ServedTiny teacher = inMemory();
                Student bad = teacher.open();
                Student good = teacher.open()) {
            bad.next();
            good.next();
            teacher.model.turns = new Semaphore(0);
            teacher.model.nanFor = sample -> sample[0] > 0;
            bad.views(0, 480, 40);
            Eventually.isTrue("misses", () -> metric(teacher, "misses_total") == 40);
            // The last twenty of the samples are marked; these are their neighbours.
            good.views(0, 480, 20);
            Eventually.isTrue("joins", () -> metric(teacher, "joins_total") == 20);
            teacher.model.turns.release(100);
            assertThat(bad.next().getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_NON_FINITE);
            LabelCallTest.collect(good, 0, 20, FP32);
            Eventually.isTrue("nothing left", () -> metric(teacher, "flights") == 0);
            teacher.model.nanFor = sample -> false;
            bad.views(1, 480, 40);
            LabelCallTest.collect(bad, 1, 40, FP32);
        }
    }

    @Test
    void restart_keepsWhatIsOnDisk() throws Exception {
        float[] computed;
        try (ServedTiny teacher = onDisk();
                Student student = teacher.open()) {
            student.next();
            student.views(0, 0, ROWS);
            computed = LabelCallTest.collect(student, 0, ROWS, FP32);
        }
        try (ServedTiny teacher = onDisk();
                Student student = teacher.open()) {
            student.next();
            student.views(0, 0, ROWS);
            assertThat(LabelCallTest.collect(student, 0, ROWS, FP32)).isEqualTo(computed);
            assertThat(teacher.model.calls).hasValue(0);
            assertThat(teacher.metric("reflux_teacher_cache_hits_total", "disk"))
                    .isEqualTo(ROWS);
        }
    }

    @Test
    void damagedLog_isComputedAgain() throws Exception {
        float[] computed;
        try (ServedTiny teacher = onDisk();
                Student student = teacher.open()) {
            student.next();
            student.views(0, 0, ROWS);
            computed = LabelCallTest.collect(student, 0, ROWS, FP32);
        }
        // So little is in the log still, which RocksDB reads up to the damage.
        try (Stream<Path> files = Files.walk(folder)) {
            Path log = files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(log);
            bytes[bytes.length / 2] ^= 1;
            Files.write(log, bytes);
        }
        try (ServedTiny teacher = onDisk();
                Student student = teacher.open()) {
            student.next();
            student.views(0, 0, ROWS);
            assertThat(LabelCallTest.collect(student, 0, ROWS, FP32)).isEqualTo(computed);
            assertThat(teacher.model.unmarkedRows.get()).isBetween(1, ROWS);
        }
    }

    /** Every row is read when there is room for it, and not before: 3 rows of 20 bytes, though 2000 are known. */
    @Test
    void studentWithoutCredit_costsNoRead() throws Exception {
        try (ServedTiny teacher = onDisk();
                Student first = teacher.open();
                Student stalled = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(0))) {
            first.next();
            stalled.next();
            first.views(0, 0, ROWS);
            LabelCallTest.collect(first, 0, ROWS, FP32);
            for (int id = 0; id < 40; id++) {
                stalled.views(id, 0, ROWS);
            }
            Eventually.isTrue(
                    "a stalled stream",
                    () -> teacher.metric("reflux_teacher_stalled_streams", "") == 1
                            && teacher.metric("reflux_teacher_queue_batches", "") == 40);
            assertThat(metric(teacher, "hits_total")).isZero();
            stalled.credit(60);
            assertThat(stalled.next().getLabels().getSamples()).isEqualTo(3);
            assertThat(metric(teacher, "hits_total")).isEqualTo(3);
            stalled.credit(1 << 20);
            int left = 40 * ROWS - 3;
            while (left > 0) {
                left -= stalled.next().getLabels().getSamples();
            }
            assertThat(metric(teacher, "hits_total")).isEqualTo(40 * ROWS);
            stalled.halfClose();
            assertThat(stalled.end().status()).isEqualTo(GrpcStatus.OK);
        }
    }

    /** As in {@link BackPressureTest}: 15 MB of labels that all are known, and a window of 4 MiB. */
    @Test
    void studentThatDoesNotRead_costsFewReads_withAllTheCreditInTheWorld() throws Exception {
        int batches = 64;
        int rows = 12_000;
        LabelLimits limits =
                new LabelLimits(1 << 20, rows, batches, Long.MAX_VALUE / 2, 4, 64 << 20, Duration.ofSeconds(10));
        try (ServedTiny teacher = new ServedTiny(config ->
                        config.limits(limits).cache(new CacheConfig(MEMORY, null, CacheConfig.MIN_DISK_BYTES)));
                Student deaf = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(Long.MAX_VALUE / 2))) {
            deaf.next();
            deaf.pause();
            for (int id = 0; id < batches; id++) {
                Views.Builder views = Views.newBuilder();
                for (int i = 0; i < rows; i++) {
                    views.addSampleIds(i % TinyDataSet.FIRST_MARKED).addAugmentationSeeds(0);
                }
                deaf.offer(LabelRequest.newBuilder()
                        .setBatch(Batch.newBuilder().setBatchId(id).setViews(views))
                        .build());
            }
            Eventually.isTrue(
                    "stalled stream in the metrics", () -> teacher.metric("reflux_teacher_stalled_streams", "") == 1);
            assertThat((metric(teacher, "hits_total") + metric(teacher, "joins_total")) * 20)
                    .isLessThan(Transport.STUDENT_WINDOW_BYTES + (2 << 20));
            deaf.resume();
            int left = batches * rows;
            while (left > 0) {
                left -= deaf.next().getLabels().getSamples();
            }
            assertThat(teacher.model.unmarkedRows).hasValue(TinyDataSet.FIRST_MARKED);
        }
    }

    @Test
    void tensors_areComputedEachTime() throws Exception {
        try (ServedTiny teacher = inMemory();
                Student student = teacher.open()) {
            student.next();
            for (int id = 0; id < 2; id++) {
                student.batch(Batch.newBuilder().setBatchId(id).setTensor(LabelCallTest.pixels()));
                LabelCallTest.collect(student, id, 2, FP32);
            }
            assertThat(teacher.model.unmarkedRows).hasValue(4);
            assertThat(metric(teacher, "misses_total")).isZero();
        }
    }
}
