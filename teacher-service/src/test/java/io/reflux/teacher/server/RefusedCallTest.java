package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Open;
import io.reflux.proto.wire.CallStatus;
import io.reflux.teacher.label.LabelLimits;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that end early: opens that are wrong, messages out of place, and limits. */
final class RefusedCallTest {

    private ServedTiny teacher;

    @BeforeEach
    void start() {
        teacher = new ServedTiny();
    }

    @AfterEach
    void stop() {
        teacher.close();
    }

    @Test
    void wrongOpens_areRefusedWithTheirStatus() throws Exception {
        Open.Builder open = Student.fp32();
        ByteString wrong = ByteString.copyFrom(new byte[32]);
        expectRefusal(
                open.clone().setDataSetFingerprint(wrong),
                GrpcStatus.FAILED_PRECONDITION,
                "open.data_set_fingerprint: " + "00".repeat(32) + " (expected: " + new TinyDataSet().fingerprint()
                        + " of tiny)");
        expectRefusal(
                open.clone().setModelDigest(wrong),
                GrpcStatus.FAILED_PRECONDITION,
                "open.model_digest: " + "00".repeat(32) + " (expected: " + "ab".repeat(32) + ", the model served)");
        expectRefusal(
                open.clone().setEncoding(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_TOP_K)),
                GrpcStatus.INVALID_ARGUMENT,
                "open.encoding.count: 0 (expected: 1 to 1048576 for ENCODING_KIND_TOP_K)");
        expectRefusal(
                open.clone().clearEncoding(),
                GrpcStatus.INVALID_ARGUMENT,
                "open.encoding.kind: 0 (expected: one of [ENCODING_KIND_FP32, ENCODING_KIND_FP16, ENCODING_KIND_INT8_ROWS,"
                        + " ENCODING_KIND_TOP_K, ENCODING_KIND_RANDOM_SAMPLING])");
        expectRefusal(
                open.clone().addOutputs("hint"),
                GrpcStatus.INVALID_ARGUMENT,
                "open.outputs[0]: hint (expected: one of the teacher's 1 outputs; nearest: logits)");
        expectRefusal(
                open.clone().setModelDigest(ByteString.copyFrom(new byte[5])),
                GrpcStatus.INVALID_ARGUMENT,
                "open.model_digest: 5 bytes (expected: 0 or 32)");
        expectRefusal(
                open.clone().setStudent("x".repeat(65)),
                GrpcStatus.INVALID_ARGUMENT,
                "open.student: 65 bytes (expected: at most 64)");
        expectRefusal(
                open.clone()
                        .setAugmentation(
                                io.reflux.proto.v1.Augmentation.newBuilder().setMaxShift(1000)),
                GrpcStatus.INVALID_ARGUMENT,
                "open.augmentation.max_shift: 1000 (expected: 0 to 127)");
        expectRefusal(
                open.clone()
                        .setAugmentation(io.reflux.proto.v1.Augmentation.newBuilder()
                                .setUnknownFields(UnknownFieldSet.newBuilder()
                                        .addField(
                                                99,
                                                UnknownFieldSet.Field.newBuilder()
                                                        .addVarint(1)
                                                        .build())
                                        .build())),
                GrpcStatus.UNIMPLEMENTED,
                "open.augmentation: fields [99] (expected: those that this teacher knows)");
        assertThat(teacher.metric("reflux_grpc_calls_total", "status=\"FAILED_PRECONDITION\""))
                .isEqualTo(2);
    }

    private void expectRefusal(Open.Builder open, GrpcStatus status, String message) throws Exception {
        try (Student student = Student.open(teacher.vertx, teacher.server.grpcPort(), open)) {
            assertThat(student.end()).isEqualTo(new CallStatus(status, message));
        }
    }

    @Test
    void messagesOutOfPlace_endTheCall() throws Exception {
        try (Student student = new Student(teacher.vertx, teacher.server.grpcPort())) {
            student.views(0, 0, 1);
            assertThat(student.end())
                    .isEqualTo(new CallStatus(GrpcStatus.INVALID_ARGUMENT, "first message: not open (expected: open)"));
        }
        try (Student student = teacher.open()) {
            student.send(LabelRequest.newBuilder().setOpen(Student.fp32()).build());
            assertThat(student.end())
                    .isEqualTo(new CallStatus(GrpcStatus.INVALID_ARGUMENT, "open: sent again (expected: once)"));
        }
        try (Student student = teacher.open()) {
            student.send(LabelRequest.getDefaultInstance());
            assertThat(student.end().message()).isEqualTo("message: empty (expected: open, batch or credit)");
        }
        try (Student student = teacher.open()) {
            student.views(3, 0, 1);
            student.views(3, 0, 1);
            assertThat(student.end())
                    .isEqualTo(new CallStatus(GrpcStatus.INVALID_ARGUMENT, "batch.batch_id: 3 (expected: above 3)"));
        }
        try (Student student = new Student(teacher.vertx, teacher.server.grpcPort())) {
            student.halfClose();
            assertThat(student.end().status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
        }
    }

    @Test
    void batchesInFlight_aboveTheLimit_endTheCall() throws Exception {
        try (ServedTiny strict = new ServedTiny(config -> config.limits(limits(2, 1 << 20)));
                Student student = Student.open(
                        strict.vertx, strict.server.grpcPort(), Student.fp32().setCreditBytes(0))) {
            for (int id = 0; id < 3; id++) {
                student.views(id, 0, 1);
            }
            assertThat(student.end())
                    .isEqualTo(new CallStatus(
                            GrpcStatus.RESOURCE_EXHAUSTED, "batches in flight: 3 (expected: at most 2)"));
        }
    }

    @Test
    void queue_aboveItsBytes_refusesTheBatch() throws Exception {
        // A view holds 16 bytes, so two batches of three views fill 100 bytes.
        try (ServedTiny strict = new ServedTiny(config -> config.limits(limits(8, 100)));
                Student student = Student.open(
                        strict.vertx, strict.server.grpcPort(), Student.fp32().setCreditBytes(0))) {
            student.next();
            for (int id = 0; id < 3; id++) {
                student.views(id, 0, 3);
            }
            LabelResponse answer = student.next();
            assertThat(answer.getError().getBatchId()).isEqualTo(2);
            assertThat(answer.getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED);
            student.credit(1 << 20);
            LabelCallTest.collect(student, 0, 3, EncodingKind.ENCODING_KIND_FP32);
        }
    }

    private static LabelLimits limits(int batchesInFlight, long queuedBytes) {
        return new LabelLimits(1 << 20, 4096, batchesInFlight, 1 << 20, 8, queuedBytes, Duration.ofSeconds(10));
    }

    @Test
    void streams_aboveTheLimit_areUnavailable() throws Exception {
        LabelLimits one = new LabelLimits(1 << 20, 4096, 4, 1 << 20, 1, 1 << 20, Duration.ofSeconds(10));
        try (ServedTiny strict = new ServedTiny(config -> config.limits(one));
                Student first = strict.open()) {
            first.next();
            try (Student second = strict.open()) {
                assertThat(second.end().status()).isEqualTo(GrpcStatus.UNAVAILABLE);
            }
            first.halfClose();
            first.end();
            try (Student third = strict.open()) {
                third.next();
            }
        }
    }

    @Test
    void stream_withoutOpen_timesOut() throws Exception {
        LabelLimits hasty = new LabelLimits(1 << 20, 4096, 4, 1 << 20, 1, 1 << 20, Duration.ofMillis(20));
        try (ServedTiny strict = new ServedTiny(config -> config.limits(hasty));
                Student silent = new Student(strict.vertx, strict.server.grpcPort())) {
            silent.send(LabelRequest.getDefaultInstance());
            assertThat(silent.end().status()).isIn(GrpcStatus.DEADLINE_EXCEEDED, GrpcStatus.INVALID_ARGUMENT);
        }
    }
}
