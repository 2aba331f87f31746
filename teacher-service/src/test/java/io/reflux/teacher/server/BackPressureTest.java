package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Views;
import io.reflux.proto.wire.CallStatus;
import io.reflux.proto.wire.Transport;
import io.reflux.teacher.label.LabelLimits;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Demand flows up: what a student may not or does not receive costs no model time and no memory. */
final class BackPressureTest {

    /** 5 classes in binary32. */
    private static final int ROW_BYTES = 20;

    private static final int ROWS = 50;
    private static final int BATCHES = 40;

    @Test
    void studentWithoutCredit_stopsTheProducer_andGetsEverythingAfterwards() throws Exception {
        try (ServedTiny teacher = new ServedTiny();
                Student stalled = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(0));
                Student healthy = teacher.open()) {
            stalled.next();
            healthy.next();
            stalled.credit(3 * ROW_BYTES);
            for (int id = 0; id < BATCHES; id++) {
                stalled.views(id, 0, ROWS);
            }
            // Its first message is larger than its credit, which is then used up.
            assertThat(stalled.next().getLabels().getSamples()).isEqualTo(3);
            Eventually.isTrue(
                    "stalled stream in the metrics",
                    () -> teacher.metric("reflux_teacher_stalled_streams", "") == 1
                            && teacher.metric("reflux_teacher_queue_batches", "") == BATCHES);

            for (int id = 0; id < BATCHES; id++) {
                healthy.views(id, TinyDataSet.FIRST_MARKED, ROWS);
                LabelCallTest.collect(healthy, id, ROWS, EncodingKind.ENCODING_KIND_FP32);
            }
            assertThat(teacher.model.markedRows).hasValue(BATCHES * ROWS);
            assertThat(teacher.model.unmarkedRows).hasValue(3);

            stalled.credit(1 << 20);
            Map<Long, Integer> rows = new TreeMap<>();
            for (int left = BATCHES * ROWS - 3; left > 0; ) {
                LabelResponse answer = stalled.next();
                rows.merge(answer.getLabels().getBatchId(), answer.getLabels().getSamples(), Integer::sum);
                left -= answer.getLabels().getSamples();
            }
            assertThat(rows).hasSize(BATCHES).containsEntry(0L, ROWS - 3).containsEntry(39L, ROWS);
            assertThat(teacher.model.unmarkedRows).hasValue(BATCHES * ROWS);
            stalled.halfClose();
            assertThat(stalled.end().status()).isEqualTo(GrpcStatus.OK);
        }
    }

    @Test
    void credit_isOverdrawnByLessThanOneMessage() throws Exception {
        try (ServedTiny teacher = new ServedTiny();
                Student student = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(0))) {
            student.next();
            for (int id = 0; id < BATCHES; id++) {
                student.views(id, 0, ROWS);
            }
            long granted = 0;
            long received = 0;
            int left = BATCHES * ROWS;
            while (left > 0) {
                student.credit(500);
                granted += 500;
                if (received >= granted) {
                    continue;
                }
                LabelResponse answer = student.next();
                assertThat(answer.hasLabels()).isTrue();
                assertThat(received).as("balance before the message").isLessThan(granted);
                received += answer.getLabels().getSerializedSize();
                left -= answer.getLabels().getSamples();
            }
            assertThat(teacher.metric("reflux_teacher_label_bytes_total", "")).isEqualTo(received);
            assertThat(teacher.metric("reflux_teacher_samples_total", "")).isEqualTo(BATCHES * ROWS);
        }
    }

    @Test
    void studentThatDoesNotRead_stopsTheProducer_withAllTheCreditInTheWorld() throws Exception {
        // 64 batches of 12000 samples of 20 bytes are 15 MB; the student's window holds 4 MiB of a stream.
        int batches = 64;
        int rows = 12_000;
        LabelLimits limits =
                new LabelLimits(1 << 20, rows, batches, Long.MAX_VALUE / 2, 4, 64 << 20, Duration.ofSeconds(10));
        try (ServedTiny teacher = new ServedTiny(config -> config.limits(limits));
                Student deaf = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(Long.MAX_VALUE / 2));
                Student healthy = teacher.open()) {
            deaf.next();
            healthy.next();
            deaf.pause();
            for (int id = 0; id < batches; id++) {
                offerViews(deaf, id, rows);
            }
            Eventually.isTrue(
                    "stalled stream in the metrics", () -> teacher.metric("reflux_teacher_stalled_streams", "") == 1);
            for (int id = 0; id < BATCHES; id++) {
                healthy.views(id, TinyDataSet.FIRST_MARKED, ROWS);
                LabelCallTest.collect(healthy, id, ROWS, EncodingKind.ENCODING_KIND_FP32);
            }
            int whileDeaf = teacher.model.unmarkedRows.get();
            // The window, two queues of 16 messages and the batches in the workers, far below all 15 MB.
            assertThat(whileDeaf * (long) ROW_BYTES).isLessThan(Transport.STUDENT_WINDOW_BYTES + (2 << 20));

            deaf.resume();
            int left = batches * rows;
            while (left > 0) {
                left -= deaf.next().getLabels().getSamples();
            }
            assertThat(left).isZero();
            assertThat(teacher.model.unmarkedRows).hasValue(batches * rows);
        }
    }

    /** Does not wait for the write: a teacher whose answers are not read stops reading too. */
    private static void offerViews(Student student, long id, int count) {
        Views.Builder views = Views.newBuilder();
        for (int i = 0; i < count; i++) {
            views.addSampleIds(i % TinyDataSet.FIRST_MARKED).addAugmentationSeeds(0);
        }
        student.offer(LabelRequest.newBuilder()
                .setBatch(Batch.newBuilder().setBatchId(id).setViews(views))
                .build());
    }

    @Test
    void cancelledStudent_freesItsQueue() throws Exception {
        try (ServedTiny teacher = new ServedTiny();
                Student student = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(0));
                Student other = teacher.open()) {
            student.next();
            other.next();
            for (int id = 0; id < BATCHES; id++) {
                student.views(id, 0, ROWS);
            }
            Eventually.isTrue("queued batches", () -> teacher.metric("reflux_teacher_queue_batches", "") == BATCHES);
            student.cancel();
            Eventually.isTrue(
                    "a queue that is empty again",
                    () -> teacher.metric("reflux_teacher_queue_batches", "") == 0
                            && teacher.metric("reflux_teacher_streams", "") == 1);
            other.views(0, TinyDataSet.FIRST_MARKED, 1);
            LabelCallTest.collect(other, 0, 1, EncodingKind.ENCODING_KIND_FP32);
            assertThat(teacher.model.unmarkedRows).hasValue(0);
            assertThat(teacher.metric("reflux_grpc_calls_total", "status=\"CANCELLED\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void lostConnection_freesItsQueue() throws Exception {
        try (ServedTiny teacher = new ServedTiny()) {
            try (Student student = Student.open(
                    teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(0))) {
                student.next();
                student.views(0, 0, ROWS);
                Eventually.isTrue("a queued batch", () -> teacher.metric("reflux_teacher_queue_batches", "") == 1);
            }
            Eventually.isTrue(
                    "a queue that is empty again",
                    () -> teacher.metric("reflux_teacher_queue_batches", "") == 0
                            && teacher.metric("reflux_teacher_streams", "") == 0);
        }
    }

    @Test
    void connectionLostAfterTheHalfClose_freesTheStream() throws Exception {
        try (ServedTiny teacher = new ServedTiny()) {
            teacher.model.turns = new Semaphore(0);
            try (Student student = teacher.open()) {
                student.next();
                student.views(0, 0, ROWS);
                student.halfClose();
                Eventually.isTrue("a stream", () -> teacher.metric("reflux_teacher_streams", "") == 1);
            }
            // The answer that the model still owes has nobody to go to.
            teacher.model.turns.release(1000);
            Eventually.isTrue("no stream", () -> teacher.metric("reflux_teacher_streams", "") == 0);
            try (Student next = teacher.open()) {
                next.next();
                next.views(0, 0, 1);
                assertThat(next.next().getLabels().getSamples()).isEqualTo(1);
            }
        }
    }

    @Test
    void creditUsedUpAfterTheHalfClose_endsTheStreamWithWhy() throws Exception {
        try (ServedTiny teacher = new ServedTiny();
                Student student = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(1))) {
            student.next();
            student.views(0, 0, 1);
            student.views(1, 0, 1);
            student.halfClose();

            CallStatus end = student.end();
            assertThat(end.status()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
            assertThat(end.message()).startsWith("credit: used up after the half-close, 1 batches unanswered");
            assertThat(student.received).hasSize(1);
        }
    }
}
