package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Opened;
import io.reflux.proto.wire.Digests;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file from the zoo, served by libtorch, gives what ONNX Runtime gives for the same views. */
final class OnnxTeacherTest {

    private static final int SAMPLES = 20;

    @Test
    void onnxFile_servedOverGrpc_equalsOnnxRuntime(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("lenet.onnx");
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.LENET_5));
        graph.write(file);
        DataSetSpec glyphs = new DataSetSpec("glyphs", null, 100, 0, 1);
        DataSplits splits = DataCatalog.open(glyphs);
        Vertx vertx = Vertx.vertx();
        try (TeacherServer server = TeacherServer.start(
                        TeacherConfig.builder(file).dataSets(List.of(glyphs)).build());
                Student student = Student.open(
                        vertx,
                        server.grpcPort(),
                        Student.fp32()
                                .setDataSetFingerprint(
                                        Digests.fromHex(splits.training().fingerprint())));
                OnnxRuntimeModel reference = OnnxRuntimeModel.open(file, 1)) {
            ByteString digest = student.next().getOpened().getModelDigest();
            assertThat(Digests.toHex(digest)).isEqualTo(graph.digest()).isEqualTo(server.modelDigest());
            student.views(0, 0, SAMPLES);

            List<View> views = new ArrayList<>();
            for (int i = 0; i < SAMPLES; i++) {
                views.add(View.plain(i));
            }
            float[] inputs = new float[SAMPLES * 784];
            new ViewRenderer(splits.training().images(), Augmentation.NONE).render(views, PixelScaling.UNIT, inputs);
            float[] expected = reference.logits(inputs, SAMPLES);
            float[] logits = new float[SAMPLES * 10];
            for (int left = SAMPLES; left > 0; ) {
                Labels labels = student.next().getLabels();
                SoftLabelEncoding.of(SoftLabelEncoding.served().get(0))
                        .decode(
                                labels.getOutputs(0).getPayload(),
                                labels.getSamples(),
                                10,
                                logits,
                                labels.getFirstSample() * 10);
                left -= labels.getSamples();
            }
            for (int i = 0; i < expected.length; i++) {
                assertThat(logits[i]).isCloseTo(expected[i], within(1e-4f));
            }
        } finally {
            vertx.close();
        }
    }

    @Test
    void innerValue_namedAsAHint_isWhatOnnxRuntimeComputes(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("lenet.onnx");
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.LENET_5));
        graph.write(file);
        String hint = graph.nodes().stream()
                .filter(node -> node.operator().equals("MaxPool"))
                .findFirst()
                .orElseThrow()
                .output(0);
        DataSetSpec glyphs = new DataSetSpec("glyphs", null, 100, 0, 1);
        DataSplits splits = DataCatalog.open(glyphs);
        Vertx vertx = Vertx.vertx();
        try (TeacherServer server = TeacherServer.start(TeacherConfig.builder(file)
                        .dataSets(List.of(glyphs))
                        .hints(List.of(hint))
                        .build());
                Student student = Student.open(
                        vertx,
                        server.grpcPort(),
                        Student.fp32()
                                .addOutputs(hint)
                                .setDataSetFingerprint(
                                        Digests.fromHex(splits.training().fingerprint())));
                OnnxRuntimeModel reference = OnnxRuntimeModel.open(graph, List.of(hint), 1)) {
            Opened opened = student.next().getOpened();
            assertThat(Digests.toHex(opened.getModelDigest())).isEqualTo(graph.digest());
            assertThat(opened.getOutputs(0).getShapeList()).containsExactly(20, 12, 12);
            student.views(0, 0, 1);
            float[] inputs = new float[784];
            new ViewRenderer(splits.training().images(), Augmentation.NONE)
                    .render(List.of(View.plain(0)), PixelScaling.UNIT, inputs);
            float[] expected = reference.values(Inputs.of(inputs), 1, 1).get(0);
            float[] found = new float[expected.length];
            SoftLabelEncoding.of(opened.getEncoding())
                    .decode(student.next().getLabels().getOutputs(0).getPayload(), 20, 144, found, 0);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-4f));
            }
        } finally {
            vertx.close();
        }
    }

    @Test
    void hintThatTheModelDoesNotHave_isRefusedAtTheStart(@TempDir Path folder) {
        Path file = folder.resolve("lenet.onnx");
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.LENET_5));
        graph.write(file);
        TeacherConfig config =
                TeacherConfig.builder(file).hints(List.of("relu9")).build();
        assertThatThrownBy(() -> TeacherServer.start(config))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        file + ": output relu9 (expected: the name of a value that a node makes; nearest: ");
    }
}
