package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.Tensor;
import io.reflux.proto.wire.CallStatus;
import io.reflux.proto.wire.Transport;
import io.reflux.teacher.label.LabelLimits;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in on the port for students, the teacher answers the next student. */
final class HostileBytesTest {

    private static final String LABEL = "/reflux.v1.Distillation/Label";
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;

    private ServedTiny teacher;

    @BeforeEach
    void start() {
        LabelLimits limits = new LabelLimits(MAX_MESSAGE_BYTES, 4096, 8, 1 << 20, 8, 1 << 20, Duration.ofSeconds(10));
        teacher = new ServedTiny(config -> config.limits(limits));
    }

    @AfterEach
    void stop() {
        teacher.close();
    }

    @Test
    void randomBytes_closeTheirConnectionOnly() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[1 + random.nextInt(4000)];
            random.nextBytes(bytes);
            pour(bytes);
        }
        stillServes();
    }

    @Test
    void randomFrames_closeTheirConnectionOnly() throws Exception {
        Random random = new Random(2);
        for (int i = 0; i < 40; i++) {
            Buffer bytes = Buffer.buffer(PREFACE).appendBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            for (int frame = 0; frame < 20; frame++) {
                byte[] payload = new byte[random.nextInt(100)];
                random.nextBytes(payload);
                bytes.appendMedium(payload.length)
                        .appendByte((byte) random.nextInt(12))
                        .appendByte((byte) random.nextInt(256))
                        .appendInt(random.nextInt(8))
                        .appendBytes(payload);
            }
            pour(bytes.getBytes());
        }
        stillServes();
    }

    @Test
    void plainHttpRequest_isNotServed() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", teacher.server.grpcPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 4");
        }
        stillServes();
    }

    @Test
    void malformedMessage_isAnInvalidArgument() throws Exception {
        // Field 1, length-delimited, 100 bytes long, of which none follow.
        assertThat(answerTo(LABEL, framed(0, new byte[] {10, 100}))).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
            assertThat(answer.message()).startsWith("malformed message: ");
        });
        stillServes();
    }

    @Test
    void randomMessages_endTheirCallWithAStatus() throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[1 + random.nextInt(60)];
            random.nextBytes(bytes);
            CallStatus status = answerTo(LABEL, framed(0, bytes));
            assertThat(status.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
        }
        stillServes();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/reflux.v1.Distillation/Describe",
                "/grpc.health.v1.Health/Check",
                "/grpc.health.v1.Health/Watch",
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
            })
    void malformedMessageToAnotherMethod_isAnInvalidArgument(String path) throws Exception {
        assertThat(answerTo(path, framed(0, new byte[] {10, 100})))
                .isEqualTo(new CallStatus(GrpcStatus.INVALID_ARGUMENT, "message: malformed"));
        stillServes();
    }

    @Test
    void compressedMessageOfACallThatNamesNoEncoding_isUnimplemented() throws Exception {
        for (String path : List.of(LABEL, "/reflux.v1.Distillation/Describe")) {
            assertThat(answerTo(path, framed(1, new byte[3])).status()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
        }
        stillServes();
    }

    @Test
    void callThatAnnouncesCompression_isUnimplementedBeforeItsFirstMessage() throws Exception {
        assertThat(answerTo(LABEL, "gzip", Buffer.buffer()))
                .isEqualTo(
                        new CallStatus(GrpcStatus.UNIMPLEMENTED, "grpc-encoding: gzip (expected: identity, or none)"));
        stillServes();
    }

    @Test
    void unknownMethod_isUnimplemented_andMakesNoSeries() throws Exception {
        assertThat(answerTo("/reflux.v1.Distillation/Nothing", Buffer.buffer()).status())
                .isEqualTo(GrpcStatus.UNIMPLEMENTED);
        assertThat(teacher.get("/metrics").body()).doesNotContain("Nothing");
        assertThat(teacher.metric("reflux_grpc_calls_total", "method=\"other\",status=\"UNIMPLEMENTED\""))
                .isEqualTo(1);
    }

    @Test
    void announcedGigabyte_isRefusedBeforeItComes() throws Exception {
        assertThat(answerTo(LABEL, Buffer.buffer().appendByte((byte) 0).appendInt(1 << 30))
                        .status())
                .isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
        stillServes();
    }

    @Test
    void oversizedMessage_isResourceExhausted() throws Exception {
        try (Student student = teacher.open()) {
            student.next();
            student.offer(LabelRequest.newBuilder()
                    .setBatch(Batch.newBuilder()
                            .setBatchId(1)
                            .setTensor(Tensor.newBuilder()
                                    .setType(ElementType.ELEMENT_TYPE_UINT8)
                                    .setData(ByteString.copyFrom(new byte[MAX_MESSAGE_BYTES]))))
                    .build());
            assertThat(student.end())
                    .isEqualTo(new CallStatus(
                            GrpcStatus.RESOURCE_EXHAUSTED, "message: larger than 65536 bytes, the limit"));
        }
        stillServes();
    }

    private static Buffer framed(int compressed, byte[] message) {
        return Buffer.buffer()
                .appendByte((byte) compressed)
                .appendInt(message.length)
                .appendBytes(message);
    }

    private void stillServes() throws Exception {
        try (Student student = teacher.open()) {
            student.next();
            student.views(0, 0, 3);
            LabelCallTest.collect(student, 0, 3, EncodingKind.ENCODING_KIND_FP32);
        }
    }

    /** Sends the bytes and reads whatever comes until the teacher closes or a moment has passed without a word. */
    private void pour(byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", teacher.server.grpcPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            socket.shutdownOutput();
            socket.setSoTimeout(100);
            socket.getInputStream().readAllBytes();
        } catch (IOException closed) {
            // A reset or a silence are both fine answers to garbage.
        }
    }

    /** The status of a call whose body is exactly these bytes. */
    private CallStatus answerTo(String path, Buffer body) throws Exception {
        return answerTo(path, "identity", body);
    }

    private CallStatus answerTo(String path, String encoding, Buffer body) throws Exception {
        HttpClient client = teacher.vertx.createHttpClient(Transport.client(new HttpClientOptions()));
        CompletableFuture<CallStatus> status = new CompletableFuture<>();
        client.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("127.0.0.1")
                        .setPort(teacher.server.grpcPort())
                        .setURI(path))
                .onFailure(status::completeExceptionally)
                .onSuccess(request -> {
                    request.putHeader("content-type", "application/grpc")
                            .putHeader("grpc-encoding", encoding)
                            .setChunked(true);
                    request.response().onFailure(status::completeExceptionally).onSuccess(response -> {
                        response.end().onComplete((end, lost) -> {
                            String code = response.getTrailer("grpc-status");
                            if (code == null) {
                                code = response.getHeader("grpc-status");
                            }
                            String words = response.getTrailer("grpc-message");
                            words = words == null ? response.getHeader("grpc-message") : words;
                            status.complete(new CallStatus(
                                    GrpcStatus.valueOf(Integer.parseInt(code)),
                                    words == null ? "" : URLDecoder.decode(words, StandardCharsets.UTF_8)));
                        });
                        response.resume();
                    });
                    request.write(body);
                });
        try {
            return status.get(Student.SECONDS, TimeUnit.SECONDS);
        } finally {
            client.close();
        }
    }
}
