package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.DescribeRequest;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Open;
import io.reflux.proto.wire.CallStatus;
import io.reflux.proto.wire.Digests;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.reflux.teacher.cache.CacheConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The teacher's file is replaced while students stream. */
final class HotSwapTest {

    private static final int CLASSES = 10;
    private static final int ROWS = 9;
    private static final DataSetSpec GLYPHS = new DataSetSpec("glyphs", null, 100, 0, 1);

    private final Vertx vertx = Vertx.vertx();
    private final DataSplits splits = DataCatalog.open(GLYPHS);

    @TempDir
    private Path folder;

    private Path file;
    private ModelGraph first;
    private ModelGraph second;
    private TeacherServer server;

    @BeforeEach
    void start() {
        file = folder.resolve("teacher.onnx");
        first = Zoo.build(ZooSpec.of(Zoo.LENET_5).withSeed(1));
        second = Zoo.build(ZooSpec.of(Zoo.LENET_5).withSeed(2));
        first.write(file);
        server = serve(Duration.ofSeconds(Student.SECONDS));
    }

    private TeacherServer serve(Duration drainTimeout) {
        return TeacherServer.start(TeacherConfig.builder(file)
                .dataSets(List.of(GLYPHS))
                .drainTimeout(drainTimeout)
                .watchInterval(Duration.ofMillis(5))
                .build());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        vertx.close().await(Student.SECONDS, TimeUnit.SECONDS);
    }

    private Student open(Open.Builder open) throws Exception {
        return Student.open(
                vertx,
                server.grpcPort(),
                open.setDataSetFingerprint(Digests.fromHex(splits.training().fingerprint())));
    }

    private void replace(ModelGraph graph) throws IOException {
        Path beside = folder.resolve("beside.onnx");
        graph.write(beside);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static ByteString digest(ModelGraph graph) {
        return Digests.fromHex(graph.digest());
    }

    private DescribeResponse describe() throws Exception {
        GrpcClient client = GrpcClient.client(vertx, Transport.grpcClient(), Transport.client(new HttpClientOptions()));
        try {
            return client.request(
                            SocketAddress.inetSocketAddress(server.grpcPort(), "127.0.0.1"),
                            DistillationCalls.describeClient())
                    .compose(request -> {
                        request.end(DescribeRequest.getDefaultInstance());
                        return request.response();
                    })
                    .compose(response -> response.last())
                    .await(Student.SECONDS, TimeUnit.SECONDS);
        } finally {
            client.close().await(Student.SECONDS, TimeUnit.SECONDS);
        }
    }

    private double metric(String name, String contains) throws Exception {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.metricsPort() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Streams were told of an output that the file gives; a model without it cannot take its place. */
    @Test
    void modelWithOtherOutputs_isRefused_andOneWithTheSameIsNot() throws Exception {
        server.close();
        String pooled = first.nodes().stream()
                .filter(node -> node.operator().equals("MaxPool"))
                .findFirst()
                .orElseThrow()
                .output(0);
        replace(first.withOutputs(List.of(pooled)));
        server = serve(Duration.ofSeconds(Student.SECONDS));
        replace(second);
        Eventually.isTrue(
                "refused", () -> ServedTiny.metric(server, "reflux_teacher_model_swaps_total", "refused") == 1);
        assertThat(describe().getOutputsList()).hasSize(2);

        ModelGraph hinted = second.withOutputs(List.of(pooled));
        replace(hinted);
        Eventually.isTrue(
                "taken over", () -> ServedTiny.metric(server, "reflux_teacher_model_swaps_total", "done") == 1);
        assertThat(describe().getModelDigest()).isEqualTo(digest(hinted));
        assertThat(describe().getOutputs(1).getName()).isEqualTo(pooled);
    }

    @Test
    void openStreams_hearOfTheNewModelBeforeItsFirstLabels_andNothingIsLost() throws Exception {
        try (Student student = open(Student.fp32());
                Student other = open(Student.fp32());
                Reference reference = new Reference()) {
            assertThat(student.next().getOpened().getModelDigest()).isEqualTo(digest(first));
            other.next();
            ByteString served = digest(first);
            Set<Long> answered = new HashSet<>();
            int afterwards = 0;
            for (long id = 0; afterwards < 20; id++) {
                student.views(id, id % 50, ROWS);
                other.views(id, 0, 2 * ROWS);
                if (id == 20) {
                    replace(second);
                }
                for (int left = ROWS; left > 0; ) {
                    LabelResponse message = student.next();
                    if (message.hasModelChanged()) {
                        assertThat(served).isEqualTo(digest(first));
                        served = message.getModelChanged().getModelDigest();
                        assertThat(served).isEqualTo(digest(second));
                        continue;
                    }
                    Labels labels = message.getLabels();
                    assertThat(labels.getModelDigest()).isEqualTo(served);
                    reference.check(served.equals(digest(first)), labels, id % 50);
                    left -= labels.getSamples();
                }
                answered.add(id);
                student.credit(1 << 16);
                other.credit(1 << 16);
                afterwards += served.equals(digest(second)) ? 1 : 0;
            }
            for (int left = answered.size() * 2 * ROWS; left > 0; ) {
                LabelResponse message = other.next();
                left -= message.getLabels().getSamples();
            }
            assertThat(server.modelDigest()).isEqualTo(second.digest());
            assertThat(describe().getModelDigest()).isEqualTo(digest(second));
            Eventually.isTrue("metrics of the swap", () -> {
                try {
                    return metric("reflux_teacher_model_swaps_total", "outcome=\"done\"") == 1
                            && metric("reflux_teacher_model{", second.digest()) == 1
                            && metric("reflux_teacher_model{", "") == 1;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            student.halfClose();
            assertThat(student.end().status()).isEqualTo(GrpcStatus.OK);
        }
    }

    @Test
    void cache_keepsTheLabelsOfBothModelsApart() throws Exception {
        server.close();
        server = TeacherServer.start(TeacherConfig.builder(file)
                .dataSets(List.of(GLYPHS))
                .cache(new CacheConfig(1 << 20, null, CacheConfig.DEFAULT_DISK_BYTES))
                .watchInterval(Duration.ofMillis(5))
                .build());
        try (Student student = open(Student.fp32());
                Reference reference = new Reference()) {
            student.next();
            long batch = 0;
            for (ModelGraph served : List.of(first, second, first)) {
                if (batch > 0) {
                    replace(served);
                    assertThat(student.next().getModelChanged().getModelDigest())
                            .isEqualTo(digest(served));
                }
                // Computed, then from the cache.
                for (int i = 0; i < 2; i++) {
                    student.views(batch++, 0, ROWS);
                    for (int left = ROWS; left > 0; ) {
                        Labels labels = student.next().getLabels();
                        assertThat(labels.getModelDigest()).isEqualTo(digest(served));
                        reference.check(served == first, labels, 0);
                        left -= labels.getSamples();
                    }
                }
            }
            // Of the first model's second time nothing had to be computed.
            assertThat(metric("reflux_teacher_batch_samples_sum", "")).isEqualTo(2 * ROWS);
        }
    }

    @Test
    void pinnedStream_isAnsweredWhatItAskedFor_thenEndsWithBothDigests() throws Exception {
        try (Student pinned = open(Student.fp32().setModelDigest(digest(first)).setCreditBytes(1))) {
            pinned.next();
            // More than its credit lets through, so that something is unanswered when the file changes.
            pinned.views(0, 0, ROWS);
            pinned.views(1, 0, ROWS);
            LabelResponse begin = pinned.next();
            replace(second);
            Eventually.isTrue("a stream that takes no more", () -> refused(pinned));
            pinned.credit(1 << 20);
            List<Labels> answers = new ArrayList<>(List.of(begin.getLabels()));
            int left = 2 * ROWS - begin.getLabels().getSamples();
            while (left > 0) {
                LabelResponse message = pinned.next();
                if (message.hasLabels()) {
                    answers.add(message.getLabels());
                    left -= message.getLabels().getSamples();
                }
            }
            assertThat(answers)
                    .allSatisfy(labels -> assertThat(labels.getModelDigest()).isEqualTo(digest(first)));
            assertThat(pinned.end())
                    .isEqualTo(new CallStatus(
                            GrpcStatus.FAILED_PRECONDITION,
                            "open.model_digest: " + first.digest() + " (expected: " + second.digest()
                                    + ", the model served)"));
        }
    }

    private long probe = 2;

    /** Whether a further batch is refused since the stream's model goes; batches of others stay within its limits. */
    private boolean refused(Student student) {
        try {
            if (student.end.isDone()) {
                return true;
            }
            student.views(probe++, 0, 1);
            LabelResponse answer = student.received.poll(100, TimeUnit.MILLISECONDS);
            if (answer == null || !answer.hasError()) {
                return false;
            }
            assertThat(answer.getError().getMessage()).contains(first.digest()).contains(second.digest());
            return true;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void pinnedStreamThatTakesNothing_isCutOffAfterTheDrainTimeout() throws Exception {
        server.close();
        server = serve(Duration.ofMillis(200));
        try (Student pinned = open(Student.fp32().setModelDigest(digest(first)).setCreditBytes(0))) {
            pinned.next();
            pinned.views(0, 0, ROWS);
            replace(second);
            assertThat(pinned.end().status()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
            assertThat(server.modelDigest()).isEqualTo(second.digest());
        }
    }

    @Test
    void modelThatDoesNotFit_orIsNone_isLeftAlone() throws Exception {
        try (Student student = open(Student.fp32())) {
            student.next();
            replace(Zoo.build(ZooSpec.of(Zoo.LENET_5).withNumClasses(7)));
            Eventually.isTrue("a refused swap", () -> refusedSwaps() == 1);
            Files.writeString(file, "no model at all");
            Eventually.isTrue("another refused swap", () -> refusedSwaps() == 2);
            student.views(0, 0, 1);
            assertThat(student.next().getLabels().getModelDigest()).isEqualTo(digest(first));
            replace(second);
            Eventually.isTrue("a swap", () -> server.modelDigest().equals(second.digest()));
        }
    }

    private double refusedSwaps() {
        try {
            return metric("reflux_teacher_model_swaps_total", "outcome=\"refused\"");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Both models in ONNX Runtime. */
    private final class Reference implements AutoCloseable {

        private final OnnxRuntimeModel before = OnnxRuntimeModel.open(first, 1);
        private final OnnxRuntimeModel after = OnnxRuntimeModel.open(second, 1);

        void check(boolean former, Labels labels, long firstId) throws Exception {
            int rows = labels.getSamples();
            List<View> views = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                views.add(View.plain(firstId + labels.getFirstSample() + i));
            }
            float[] inputs = new float[rows * 784];
            new ViewRenderer(splits.training().images(), Augmentation.NONE).render(views, PixelScaling.UNIT, inputs);
            float[] logits = new float[rows * CLASSES];
            SoftLabelEncoding.of(SoftLabelEncoding.served().get(0))
                    .decode(labels.getOutputs(0).getPayload(), rows, CLASSES, logits, 0);
            assertThat(logits).containsExactly((former ? before : after).logits(inputs, rows), Offset.offset(1e-4f));
        }

        @Override
        public void close() {
            before.close();
            after.close();
        }
    }
}
