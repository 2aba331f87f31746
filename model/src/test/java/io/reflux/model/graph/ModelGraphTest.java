package io.reflux.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelGraphTest {

    @Test
    void write_thenRead_isTheSameModel(@TempDir Path folder) throws IOException {
        ModelGraph graph = TestGraphs.linear();
        Path file = folder.resolve("linear.onnx");

        graph.write(file);
        ModelGraph read = ModelGraph.read(file);

        assertThat(read.toByteArray()).isEqualTo(graph.toByteArray()).isEqualTo(Files.readAllBytes(file));
        assertThat(read.digest()).isEqualTo(graph.digest()).matches("[0-9a-f]{64}");
        assertThat(read.nodes()).isEqualTo(graph.nodes());
        assertThat(read.inputs())
                .containsExactly(new ValueInfo("x", ElementType.FLOAT, List.of(-1L, 3L), List.of("batch", "")));
        assertThat(read.outputs())
                .containsExactly(new ValueInfo("y", ElementType.FLOAT, List.of(-1L, 2L), List.of("batch", "")));
        assertThat(read.initializers().keySet()).containsExactly("w", "b");
        assertThat(read.initializers()).isEqualTo(graph.initializers());
        assertThat(read.metadata()).isEqualTo(Map.of("reflux.classes", "2"));
        assertThat(read.opset()).isEqualTo(17);
        assertThat(read.byteSize()).isEqualTo(Files.size(file));
    }

    @Test
    void write_overAnOldFile_leavesNothingElse(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("linear.onnx"), "old");

        TestGraphs.linear().write(file);

        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(ModelGraph.read(file).name()).isEqualTo("linear");
    }

    @Test
    void write_toAMissingFolder_isRefused(@TempDir Path folder) {
        Path file = folder.resolve("missing").resolve("linear.onnx");

        assertThatThrownBy(() -> TestGraphs.linear().write(file))
                .isInstanceOf(ModelException.class)
                .hasMessage(file + ": cannot be written: no such folder")
                .extracting(e -> ((ModelException) e).code())
                .isEqualTo(ModelException.Code.UNWRITABLE);
    }

    @Test
    void write_overAFolder_isRefused(@TempDir Path folder) throws IOException {
        Path file = Files.createDirectories(folder.resolve("linear.onnx").resolve("inside"))
                .getParent();

        assertThatThrownBy(() -> TestGraphs.linear().write(file))
                .isInstanceOf(ModelException.class)
                .hasMessage(file + ": cannot be written: a folder (expected: a file)");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void withInitializers_changesOnlyTheNamedValues() {
        ModelGraph graph = TestGraphs.linear();
        GraphTensor bias = GraphTensor.of("b", new long[] {2}, new float[] {7, 8});

        ModelGraph edited = graph.withInitializers(Map.of("b", bias));

        assertThat(edited.initializers().get("b").floats()).containsExactly(7, 8);
        assertThat(edited.initializers().get("w"))
                .isEqualTo(graph.initializers().get("w"));
        assertThat(edited.nodes()).isEqualTo(graph.nodes());
        assertThat(graph.initializers().get("b").floats()).containsExactly(0.5f, -0.5f);
        assertThat(edited.digest()).isNotEqualTo(graph.digest());
    }

    @Test
    void withInitializers_wrongShapeOrName_isRefused() {
        GraphTensor bias = GraphTensor.of("b", new long[] {3}, new float[3]);

        assertThatThrownBy(() -> TestGraphs.linear().withInitializers(Map.of("b", bias)))
                .hasMessage("linear: initialiser b: FLOAT[3] (expected: FLOAT[2])");
        assertThatThrownBy(() -> TestGraphs.linear().withInitializers(Map.of("z", bias)))
                .hasMessage("linear: initialiser z: FLOAT[3] (expected: the name of an initialiser)");
    }

    @Test
    void metadata_sameKeyTwice_keepsTheLast() {
        ModelGraph graph =
                TestGraphs.linear().toBuilder().metadata("reflux.classes", "3").build();

        assertThat(graph.metadata()).isEqualTo(Map.of("reflux.classes", "3"));
    }

    @Test
    void withMetadata_replacesItAll() {
        ModelGraph edited = TestGraphs.linear().withMetadata(Map.of("reflux.data", "mnist"));

        assertThat(edited.metadata()).isEqualTo(Map.of("reflux.data", "mnist"));
        assertThat(edited.nodes()).isEqualTo(TestGraphs.linear().nodes());
    }

    @Test
    void edit_keepsWhatItDoesNotKnow() throws IOException {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        900,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("from a later version"))
                                .build())
                .build();
        AttributeProto custom = AttributeProto.newBuilder()
                .setName("custom")
                .setType(AttributeProto.AttributeType.STRINGS)
                .addStrings(ByteString.copyFromUtf8("a"))
                .build();
        byte[] bytes = TestGraphs.broken(model -> {
            model.setUnknownFields(unknown);
            model.getGraphBuilder().getNodeBuilder(0).addAttribute(custom).setDocString("first");
        });

        ModelGraph edited = ModelGraph.parse(bytes, "m").withMetadata(Map.of("k", "v"));
        ModelProto written = ModelProto.parseFrom(edited.toByteArray());

        assertThat(written.getUnknownFields()).isEqualTo(unknown);
        assertThat(written.getGraph().getNode(0).getAttributeList()).contains(custom);
        assertThat(written.getGraph().getNode(0).getDocString()).isEqualTo("first");
    }

    @Test
    void toBuilder_replacesANode() {
        ModelGraph edited = TestGraphs.linear().toBuilder()
                .removeNode("relu")
                .node("Identity", "same", List.of("h"), List.of("y"))
                .build();

        assertThat(edited.nodes()).extracting(GraphNode::operator).containsExactly("Gemm", "Identity");
        assertThatThrownBy(() -> edited.toBuilder().removeNode("relu"))
                .hasMessage("linear: node relu: not there (expected: the name of one)");
        assertThatThrownBy(() -> edited.toBuilder().removeInitializer("z"))
                .hasMessage("linear: initialiser z: not there (expected: the name of one)");
    }

    @Test
    void parse_longRawValues_areReadFromTheirOwnPlace() {
        // Long enough that the parser shares the file's buffer instead of copying the bytes out of it.
        long[] values = LongStream.rangeClosed(-600, 600).toArray();
        ModelGraph graph = ModelGraph.builder("net")
                .input("x", ElementType.INT64, values.length)
                .initializer(GraphTensor.of("k", new long[] {values.length}, values))
                .node("Add", "a", List.of("x", "k"), List.of("y"))
                .output("y", ElementType.INT64, values.length)
                .build();

        ModelGraph parsed = ModelGraph.parse(graph.toByteArray(), "net.onnx");

        assertThat(parsed.initializers().get("k").longs()).isEqualTo(values);
    }

    @Test
    void nodes_outOfOrder_areSorted() {
        ModelGraph graph = ModelGraph.builder("late")
                .input("x", ElementType.FLOAT, -1, 3)
                .node("Relu", "second", List.of("h"), List.of("y"))
                .node("Relu", "first", List.of("x"), List.of("h"))
                .output("y", ElementType.FLOAT, -1, 3)
                .build();

        assertThat(graph.nodes()).extracting(GraphNode::name).containsExactly("first", "second");
    }

    @Test
    void nodes_withoutNames_getOnes() {
        byte[] bytes = TestGraphs.broken(model -> {
            model.getGraphBuilder().getNodeBuilder(0).clearName();
            model.getGraphBuilder().getNodeBuilder(1).setName("Gemm_0");
        });

        assertThat(ModelGraph.parse(bytes, "m").nodes())
                .extracting(GraphNode::name)
                .containsExactly("Gemm_1", "Gemm_0");
    }

    @Test
    void constant_knowsInitialisersAndConstantNodes() {
        ModelGraph graph = TestGraphs.linear().toBuilder()
                .node("Constant", "ints", List.of(), List.of("i"), Attributes.NONE.withInts("value_ints", 0, -1))
                .node("Constant", "float", List.of(), List.of("f"), Attributes.NONE.withFloat("value_float", 0.5f))
                .node("Constant", "int", List.of(), List.of("n"), Attributes.NONE.withInt("value_int", 3))
                .node(
                        "Constant",
                        "tensor",
                        List.of(),
                        List.of("t"),
                        Attributes.NONE.withTensor("value", GraphTensor.of("", new long[] {1}, new float[] {9})))
                .build();

        assertThat(graph.constant("b").orElseThrow().floats()).containsExactly(0.5f, -0.5f);
        assertThat(graph.constant("i").orElseThrow().longs()).containsExactly(0, -1);
        assertThat(graph.constant("f").orElseThrow().floats()).containsExactly(0.5f);
        assertThat(graph.constant("f").orElseThrow().shape()).isEmpty();
        assertThat(graph.constant("n").orElseThrow().longs()).containsExactly(3);
        assertThat(graph.constant("t").orElseThrow()).isEqualTo(GraphTensor.of("t", new long[] {1}, new float[] {9}));
        assertThat(graph.constant("h")).isEmpty();
    }
}
