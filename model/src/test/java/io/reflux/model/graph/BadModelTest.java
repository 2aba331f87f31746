package io.reflux.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import com.google.protobuf.ByteString;
import io.reflux.model.graph.ModelException.Code;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that no reader should trust: each must end in one line that says what is wrong. */
final class BadModelTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("inconsistentModels")
    void parse_inconsistentModel_namesTheFault(String message, Code code, Consumer<ModelProto.Builder> edit) {
        byte[] bytes = TestGraphs.broken(edit);

        assertThatThrownBy(() -> ModelGraph.parse(bytes, "m.onnx"))
                .isInstanceOf(ModelException.class)
                .hasMessage("m.onnx: " + message)
                .extracting(e -> ((ModelException) e).code())
                .isEqualTo(code);
    }

    static Stream<Arguments> inconsistentModels() {
        return Stream.of(
                bad("no graph (expected: an ONNX model)", Code.MALFORMED, ModelProto.Builder::clearGraph),
                bad("operator set: none (expected: 13 to 26)", Code.UNSUPPORTED, ModelProto.Builder::clearOpsetImport),
                bad("operator set: 12 (expected: 13 to 26)", Code.UNSUPPORTED, opset(12)),
                bad("operator set: 99 (expected: 13 to 26)", Code.UNSUPPORTED, opset(99)),
                bad(
                        "initialiser w: 23 bytes of values (expected: 24 for FLOAT[2, 3])",
                        Code.MALFORMED,
                        weight(w -> w.setRawData(w.getRawData().substring(1)))),
                bad(
                        "initialiser w: 1 values (expected: 6 for FLOAT[2, 3])",
                        Code.MALFORMED,
                        weight(w -> w.clearRawData().addFloatData(1))),
                bad(
                        "initialiser w: shape [4294967296, 4294967296] of FLOAT (expected: less than 2 GiB)",
                        Code.MALFORMED,
                        weight(w -> w.setDims(0, 1L << 32).setDims(1, 1L << 32))),
                bad(
                        "initialiser w: shape [-2, 3] (expected: dimensions >= 0)",
                        Code.MALFORMED,
                        weight(w -> w.setDims(0, -2))),
                bad(
                        "initialiser w: FLOAT8E4M3FN (expected: one of FLOAT, DOUBLE, INT64, INT32, INT16, UINT16, INT8, UINT8, INT4, UINT4, INT2, UINT2, BOOL)",
                        Code.UNSUPPORTED,
                        weight(w -> w.setDataType(TensorProto.DataType.FLOAT8E4M3FN_VALUE))),
                bad(
                        "initialiser w: element type 777 (expected: one of FLOAT, DOUBLE, INT64, INT32, INT16, UINT16, INT8, UINT8, INT4, UINT4, INT2, UINT2, BOOL)",
                        Code.UNSUPPORTED,
                        weight(w -> w.setDataType(777))),
                bad(
                        "initialiser w: values in external file 'w.bin' (expected: values inside the model file)",
                        Code.UNSUPPORTED,
                        weight(w -> w.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                                .addExternalData(StringStringEntryProto.newBuilder()
                                        .setKey("location")
                                        .setValue("w.bin")))),
                bad(
                        "an initialiser without a name (expected: a name)",
                        Code.MALFORMED,
                        weight(TensorProto.Builder::clearName)),
                bad(
                        "initialiser w: given twice (expected: once)",
                        Code.MALFORMED,
                        graph(graph -> graph.addInitializer(graph.getInitializer(0)))),
                bad(
                        "sparse initialiser s (expected: dense initialisers)",
                        Code.UNSUPPORTED,
                        graph(graph -> graph.addSparseInitializer(SparseTensorProto.newBuilder()
                                .setValues(TensorProto.newBuilder().setName("s"))))),
                bad(
                        "node fc (Gemm): input nowhere: made by no node (expected: a value of the graph)",
                        Code.MALFORMED,
                        graph(graph -> graph.getNodeBuilder(0).setInput(0, "nowhere"))),
                bad(
                        "node fc (Gemm): needs its own output (expected: no cycles)",
                        Code.MALFORMED,
                        graph(graph -> graph.getNodeBuilder(0).setInput(0, "y"))),
                bad(
                        "node relu (Relu): output x: exists already (expected: a new name)",
                        Code.MALFORMED,
                        graph(graph -> graph.getNodeBuilder(1).setOutput(0, "x"))),
                bad(
                        "node relu (Relu): output h: exists already (expected: a new name)",
                        Code.MALFORMED,
                        graph(graph -> graph.getNodeBuilder(1).setOutput(0, "h"))),
                bad(
                        "node fc: name given twice (expected: once)",
                        Code.MALFORMED,
                        graph(graph -> graph.getNodeBuilder(1).setName("fc"))),
                bad(
                        "node fc: attribute transB: given twice (expected: once)",
                        Code.MALFORMED,
                        graph(graph -> graph.getNodeBuilder(0)
                                .addAttribute(graph.getNode(0).getAttribute(0)))),
                bad(
                        "input x: given twice (expected: once)",
                        Code.MALFORMED,
                        graph(graph -> graph.addInput(graph.getInput(0)))),
                bad(
                        "input x: not a tensor (expected: a tensor)",
                        Code.UNSUPPORTED,
                        graph(graph -> graph.getInputBuilder(0).clearType())),
                bad(
                        "input x: no shape (expected: a shape with a free batch dimension)",
                        Code.UNSUPPORTED,
                        inputType(TypeProto.Tensor.Builder::clearShape)),
                bad(
                        "input x: STRING (expected: one of FLOAT, DOUBLE, INT64, INT32, INT16, UINT16, INT8, UINT8, INT4, UINT4, INT2, UINT2, BOOL)",
                        Code.UNSUPPORTED,
                        inputType(type -> type.setElemType(TensorProto.DataType.STRING_VALUE))),
                bad(
                        "input x: shape [-1, 0] (expected: dimensions >= 1, or -1 for a free one)",
                        Code.MALFORMED,
                        inputType(
                                type -> type.getShapeBuilder().getDimBuilder(1).setDimValue(0))),
                bad("no outputs (expected: at least one)", Code.MALFORMED, graph(GraphProto.Builder::clearOutput)),
                bad(
                        "output y: given twice (expected: once)",
                        Code.MALFORMED,
                        graph(graph -> graph.addOutput(graph.getOutput(0)))),
                bad(
                        "output z: made by no node (expected: a value of the graph)",
                        Code.MALFORMED,
                        graph(graph -> graph.getOutputBuilder(0).setName("z"))));
    }

    @Test
    void parse_truncated_isRefused() {
        byte[] whole = TestGraphs.linear().toByteArray();

        assertThatThrownBy(() -> ModelGraph.parse(Arrays.copyOf(whole, whole.length - 5), "m.onnx"))
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "m.onnx: \\d+ bytes that are not a whole protobuf message \\(expected: an ONNX model file\\)");
    }

    @Test
    void parse_emptyOrText_isRefused() {
        assertThatThrownBy(() -> ModelGraph.parse(new byte[0], "m.onnx"))
                .hasMessage("m.onnx: no graph (expected: an ONNX model)");
        assertThatThrownBy(() -> ModelGraph.parse("not a model\n".getBytes(StandardCharsets.US_ASCII), "m.onnx"))
                .hasMessageStartingWith("m.onnx: 12 bytes that are not a whole protobuf message");
    }

    @Property(tries = 300)
    void parse_randomBytes_onlyEverThrowsModelException(@ForAll @Size(max = 200) byte[] bytes) {
        ModelException e = catchThrowableOfType(ModelException.class, () -> ModelGraph.parse(bytes, "m.onnx"));

        assertThat(e).hasMessageStartingWith("m.onnx: ").message().doesNotContain("\n");
    }

    @Property(tries = 500)
    void parse_oneByteChanged_readsOrThrowsModelException(
            @ForAll @IntRange(max = 100_000) int position, @ForAll byte value) {
        byte[] bytes = TestGraphs.linear().toByteArray();
        bytes[position % bytes.length] = value;

        try {
            assertThat(ModelGraph.parse(bytes, "m.onnx").nodes()).isNotNull();
        } catch (ModelException e) {
            assertThat(e).hasMessageStartingWith("m.onnx: ");
        }
    }

    @Test
    void read_missingFileFolderOrTooLarge_isRefused(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing.onnx");
        assertThatThrownBy(() -> ModelGraph.read(missing))
                .hasMessage(missing + ": no such file (expected: an ONNX model file)");
        assertThatThrownBy(() -> ModelGraph.read(folder))
                .hasMessage(folder + ": a folder (expected: an ONNX model file)");

        Path large = folder.resolve("large.onnx");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(1L << 31); // sparse: takes no room on disk
        }
        assertThatThrownBy(() -> ModelGraph.read(large))
                .hasMessage(large + ": 2147483648 bytes (expected: less than 2 GiB)");
        Files.delete(large);
    }

    @Test
    void parse_fieldOfTheWrongKind_isRefused() {
        byte[] bytes = TestGraphs.broken(model -> model.getGraphBuilder()
                .getNodeBuilder(0)
                .getAttributeBuilder(0)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8("yes")));
        GraphNode node = ModelGraph.parse(bytes, "m.onnx").nodes().get(0);

        assertThatThrownBy(() -> node.attributes().getInt("transB", 0))
                .hasMessage("attribute transB: STRING (expected: INT)");
    }

    private static Arguments bad(String message, Code code, Consumer<ModelProto.Builder> edit) {
        return Arguments.of(message, code, edit);
    }

    private static Consumer<ModelProto.Builder> opset(long version) {
        return model -> model.getOpsetImportBuilder(0).setVersion(version);
    }

    private static Consumer<ModelProto.Builder> graph(Consumer<GraphProto.Builder> edit) {
        return model -> edit.accept(model.getGraphBuilder());
    }

    private static Consumer<ModelProto.Builder> weight(Consumer<TensorProto.Builder> edit) {
        return graph(graph -> edit.accept(graph.getInitializerBuilder(0)));
    }

    private static Consumer<ModelProto.Builder> inputType(Consumer<TypeProto.Tensor.Builder> edit) {
        return graph(
                graph -> edit.accept(graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder()));
    }
}
