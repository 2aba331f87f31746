package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.ImageDataSet;
import io.reflux.model.graph.ModelException;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.DescribeRequest;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LifeCycleTest {

    private static final ServiceMethod<HealthCheckResponse, HealthCheckRequest> HEALTH = ServiceMethod.client(
            ServiceName.create("grpc.health.v1", "Health"),
            "Check",
            GrpcMessageEncoder.encoder(),
            GrpcMessageDecoder.decoder(HealthCheckResponse.newBuilder()));

    private static final ServiceMethod<ServerReflectionResponse, ServerReflectionRequest> REFLECTION =
            ServiceMethod.client(
                    ServiceName.create("grpc.reflection.v1", "ServerReflection"),
                    "ServerReflectionInfo",
                    GrpcMessageEncoder.encoder(),
                    GrpcMessageDecoder.decoder(ServerReflectionResponse.newBuilder()));

    @Test
    void describe_saysWhatIsServed() throws Exception {
        try (ServedTiny teacher = new ServedTiny()) {
            DescribeResponse description =
                    call(teacher, DistillationCalls.describeClient(), DescribeRequest.getDefaultInstance());
            assertThat(description.getModelName()).isEqualTo("tiny.onnx");
            assertThat(description.getModelDigest().size()).isEqualTo(32);
            assertThat(description.getInputs(0).getShapeList()).containsExactly(1, 4, 4);
            assertThat(description.getOutputs(0).getName()).isEqualTo("logits");
            assertThat(description.getOutputs(0).getClasses()).isEqualTo(5);
            assertThat(description.getDataSets(0).getName()).isEqualTo("tiny");
            assertThat(description.getDataSets(0).getFingerprint()).isEqualTo(Student.tiny());
            assertThat(description.getDataSets(0).getSize()).isEqualTo(1000);
            assertThat(description.getEncodingsList())
                    .isEqualTo(SoftLabelEncoding.served())
                    .extracting(encoding -> encoding.getKind())
                    .startsWith(EncodingKind.ENCODING_KIND_FP32, EncodingKind.ENCODING_KIND_FP16);
            assertThat(description.getLimits().getMaxBatchesInFlight()).isEqualTo(64);
        }
    }

    @Test
    void health_followsTheDrain_andReadinessToo() throws Exception {
        try (ServedTiny teacher = new ServedTiny();
                Student student = teacher.open()) {
            student.next();
            for (String service : List.of("", "reflux.v1.Distillation")) {
                assertThat(call(teacher, HEALTH, check(service)).getStatus()).isEqualTo(ServingStatus.SERVING);
            }
            assertThat(teacher.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(teacher.get("/healthz").statusCode()).isEqualTo(200);

            teacher.model.turns = new Semaphore(0);
            student.views(0, 0, 3);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(teacher.server::close);
            Eventually.isTrue(
                    "a teacher that is not ready", () -> teacher.get("/readyz").statusCode() == 503);
            assertThat(call(teacher, HEALTH, check("reflux.v1.Distillation")).getStatus())
                    .isEqualTo(ServingStatus.NOT_SERVING);
            // The process is alive: nobody shall restart it.
            assertThat(call(teacher, HEALTH, check("")).getStatus()).isEqualTo(ServingStatus.SERVING);
            assertThat(teacher.get("/healthz").statusCode()).isEqualTo(200);
            teacher.model.turns.release(100);
            closing.get(Student.SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void reflection_listsEveryService() throws Exception {
        try (ServedTiny teacher = new ServedTiny()) {
            ServerReflectionResponse answer = call(
                    teacher,
                    REFLECTION,
                    ServerReflectionRequest.newBuilder().setListServices("*").build());
            assertThat(answer.getListServicesResponse().getServiceList())
                    .extracting(ServiceResponse::getName)
                    .contains("reflux.v1.Distillation", "grpc.health.v1.Health");
        }
    }

    @Test
    void drain_answersWhatIsInFlight_refusesTheRest_andEndsUnavailable() throws Exception {
        try (ServedTiny teacher = new ServedTiny();
                Student student = teacher.open()) {
            student.next();
            teacher.model.turns = new Semaphore(0);
            student.views(0, 0, 3);
            Eventually.isTrue("a batch in the model", () -> teacher.model.turns.hasQueuedThreads());
            CompletableFuture<Void> closing = CompletableFuture.runAsync(teacher.server::close);
            Eventually.isTrue("draining", () -> !teacher.server.ready());

            try (Student late = teacher.open()) {
                assertThat(late.end().status()).isEqualTo(GrpcStatus.UNAVAILABLE);
            }
            Eventually.isTrue("a refused batch", new RefusedBatch(student));
            teacher.model.turns.release(100);
            LabelResponse answer = student.next();
            assertThat(answer.getLabels().getSamples()).isEqualTo(3);
            assertThat(student.end().status()).isEqualTo(GrpcStatus.UNAVAILABLE);
            assertThat(student.end().message()).isEqualTo("the teacher is draining; go to another one");
            closing.get(Student.SECONDS, TimeUnit.SECONDS);
            assertThat(teacher.model.closed).isTrue();
        }
    }

    /** Sends batches until one is answered with OVERLOADED. */
    private static final class RefusedBatch implements java.util.function.BooleanSupplier {

        private final Student student;

        RefusedBatch(Student student) {
            this.student = student;
        }

        @Override
        public boolean getAsBoolean() {
            try {
                student.views(1, 0, 3);
                LabelResponse answer = student.next();
                assertThat(answer.getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED);
                return true;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void drain_endsAtItsTimeout_whenAStudentDoesNotReceive() throws Exception {
        try (ServedTiny teacher = new ServedTiny(config -> config.drainTimeout(Duration.ofMillis(200)));
                Student student = Student.open(
                        teacher.vertx, teacher.server.grpcPort(), Student.fp32().setCreditBytes(0))) {
            student.next();
            student.views(0, 0, 3);
            Eventually.isTrue("a queued batch", () -> teacher.metric("reflux_teacher_queue_batches", "") == 1);
            teacher.server.close();
            assertThat(student.end().status()).isNotEqualTo(GrpcStatus.OK);
            assertThat(teacher.model.closed).isTrue();
        }
    }

    @Test
    void close_twice_doesNothing() throws Exception {
        try (ServedTiny teacher = new ServedTiny()) {
            teacher.server.close();
            teacher.server.close();
        }
    }

    @Test
    void ports_inUse_areNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            expectPortInUse(config -> config.address("127.0.0.1", port, 0), "grpcPort: " + port);
            expectPortInUse(config -> config.address("127.0.0.1", 0, port), "metricsPort: " + port);
        }
    }

    private static void expectPortInUse(java.util.function.UnaryOperator<TeacherConfig.Builder> change, String where) {
        TinyModel model = new TinyModel();
        assertThatThrownBy(() -> TeacherServer.start(
                        change.apply(TeacherConfig.builder(Path.of("tiny.onnx")))
                                .build(),
                        model,
                        List.of(new TinyDataSet())))
                .isInstanceOfSatisfying(
                        TeacherException.class, e -> assertThat(e.code()).isEqualTo(TeacherException.Code.PORT_IN_USE))
                .hasMessage(where + " on 127.0.0.1 is in use (expected: a free port)");
        assertThat(model.closed).isTrue();
    }

    @Test
    void modelOfAnotherShape_isRefusedAtTheStart() {
        TinyModel model = new TinyModel(List.of(1L, 8L, 8L));
        List<ImageDataSet> sets = List.of(new TinyDataSet());
        assertThatThrownBy(() -> TeacherServer.start(
                        TeacherConfig.builder(Path.of("big.onnx")).build(), model, sets))
                .isInstanceOf(TeacherException.class)
                .hasMessage("model big.onnx takes samples of shape [1, 8, 8], data set tiny has 1x4x4"
                        + " (expected: the same)");
        assertThat(model.closed).isTrue();
    }

    @Test
    void flatModel_takesImagesOfAsManyElements() {
        try (TeacherServer server = TeacherServer.start(
                TeacherConfig.builder(Path.of("flat.onnx")).build(),
                new TinyModel(List.of(16L)),
                List.of(new TinyDataSet()))) {
            assertThat(server.ready()).isTrue();
        }
    }

    @Test
    void modelFiles_thatCannotBeUsed_areNamed(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("none.onnx");
        assertThatThrownBy(
                        () -> TeacherServer.start(TeacherConfig.builder(missing).build()))
                .isInstanceOf(ModelException.class)
                .hasMessage(missing + ": not there (expected: a model file)");
        Path corrupt = Files.write(folder.resolve("corrupt.onnx"), new byte[] {1, 2, 3});
        assertThatThrownBy(
                        () -> TeacherServer.start(TeacherConfig.builder(corrupt).build()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("corrupt.onnx");
        Path other = Files.write(folder.resolve("model.h5"), new byte[] {1, 2, 3});
        assertThatThrownBy(
                        () -> TeacherServer.start(TeacherConfig.builder(other).build()))
                .isInstanceOf(ModelException.class)
                .hasMessage(other + ": unknown ending (expected: .onnx or .pt)");
    }

    @Test
    void metrics_haveTheDocumentedNames() throws Exception {
        try (ServedTiny teacher = new ServedTiny();
                Student student = teacher.open()) {
            student.next();
            student.views(0, 0, 3);
            LabelCallTest.collect(student, 0, 3, EncodingKind.ENCODING_KIND_FP32);
            student.halfClose();
            student.end();
            Eventually.isTrue("a counted call", () -> teacher.metric("reflux_grpc_calls_total", "status=\"OK\"") == 1);
            Eventually.isTrue(
                    "a measured row of labels",
                    () -> teacher.metric("reflux_teacher_encoding_row_bytes_count", "fp32") == 1);
            String metrics = teacher.get("/metrics").body();
            assertThat(metrics)
                    .contains(
                            "reflux_teacher_batch_samples_bucket",
                            "reflux_teacher_batch_samples_count",
                            "reflux_teacher_batch_samples_sum",
                            "reflux_teacher_queue_seconds_bucket",
                            "reflux_teacher_queue_seconds_count",
                            "reflux_teacher_queue_seconds_max",
                            "reflux_teacher_compute_seconds_sum",
                            "reflux_teacher_encoding_kl_nats_sum{compression=\"none\",encoding=\"fp32\"} 0.0",
                            "reflux_teacher_encoding_angle_degrees_sum{compression=\"none\",encoding=\"fp32\"} 0.0",
                            "reflux_teacher_encoding_row_bytes_sum{compression=\"none\",encoding=\"fp32\"} 20.0",
                            "reflux_teacher_streams ",
                            "reflux_teacher_stalled_streams ",
                            "reflux_teacher_queue_batches ",
                            "reflux_teacher_samples_total 3.0",
                            "reflux_teacher_label_bytes_total ",
                            "reflux_teacher_batch_errors_total{code=\"non_finite\"} 0.0",
                            "reflux_grpc_calls_total{method=\"reflux.v1.Distillation/Label\",status=\"OK\"} 1.0",
                            "reflux_teacher_model{digest=\"" + "ab".repeat(32) + "\",name=\"tiny.onnx\"} 1.0",
                            "jvm_memory_used_bytes",
                            "jvm_gc_memory_allocated_bytes_total",
                            "jvm_threads_live_threads",
                            "process_cpu_usage",
                            "process_uptime_seconds",
                            "vertx_http_server_active_requests");
        }
    }

    private static HealthCheckRequest check(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    private static <Q, R> R call(ServedTiny teacher, ServiceMethod<R, Q> method, Q message) throws Exception {
        GrpcClient client =
                GrpcClient.client(teacher.vertx, Transport.grpcClient(), Transport.client(new HttpClientOptions()));
        try {
            return client.request(SocketAddress.inetSocketAddress(teacher.server.grpcPort(), "127.0.0.1"), method)
                    .compose(request -> {
                        request.end(message);
                        return request.response();
                    })
                    .compose(GrpcClientResponse::last)
                    .await(Student.SECONDS, TimeUnit.SECONDS);
        } finally {
            client.close().await(Student.SECONDS, TimeUnit.SECONDS);
        }
    }
}
