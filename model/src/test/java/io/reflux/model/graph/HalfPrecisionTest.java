package io.reflux.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.platform.Fp16Conversions;
import com.google.protobuf.ByteString;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files in 16-bit floats, which are read as 32-bit ones. */
final class HalfPrecisionTest {

    private static final float[] WEIGHT = {0.5f, -1.25f, 0.1f, 3, -0.2f, 0.7f};

    /** A file as converters make them: FLOAT outside, 16 bits inside. */
    private static ModelProto.Builder halfInside(DataType type, boolean raw) throws Exception {
        ModelGraph graph = ModelGraph.builder("half")
                .input("x", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("w", new long[] {2, 3}, WEIGHT))
                .node("Cast", "in", List.of("x"), List.of("h"), Attributes.NONE.withInt("to", type.getNumber()))
                .node("MatMul", "product", List.of("h", "w"), List.of("p"))
                .node("Cast", "out", List.of("p"), List.of("y"), Attributes.NONE.withInt("to", DataType.FLOAT_VALUE))
                .output("y", ElementType.FLOAT, -1, 3)
                .build();
        ModelProto.Builder model = ModelProto.parseFrom(graph.toByteArray()).toBuilder();
        TensorProto.Builder w = model.getGraphBuilder().getInitializerBuilder(0).setDataType(type.getNumber());
        w.clearRawData();
        ByteBuffer bytes = ByteBuffer.allocate(2 * WEIGHT.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : WEIGHT) {
            short bits = bits(type, value);
            bytes.putShort(bits);
            if (!raw) {
                w.addInt32Data(Short.toUnsignedInt(bits));
            }
        }
        if (raw) {
            w.setRawData(ByteString.copyFrom(bytes.flip()));
        }
        return model;
    }

    private static short bits(DataType type, float value) {
        return type == DataType.FLOAT16 ? Fp16Conversions.floatToFp16(value) : Fp16Conversions.floatToBf16(value);
    }

    @Test
    void numbers_ofAllBits_areThoseOfOnnxRuntime() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            assertSame(HalfPrecision.ofFloat16(bits), Fp16Conversions.fp16ToFloat((short) bits));
            assertSame(HalfPrecision.ofBfloat16(bits), Fp16Conversions.bf16ToFloat((short) bits));
        }
    }

    private static void assertSame(float actual, float expected) {
        // Float.compare tells 0 from -0, and takes one NaN for another.
        assertThat(Float.compare(actual, expected)).isZero();
    }

    @Test
    void fileOfFloat16_computesAsInOnnxRuntime_trains_andLeavesInFloat() throws Exception {
        byte[] file = halfInside(DataType.FLOAT16, true).build().toByteArray();
        float[] x = {0.3f, -2, 1, 0.25f};

        ModelGraph graph = ModelGraph.parse(file, "half.onnx");

        assertThat(graph.initializers().get("w").describe()).isEqualTo("FLOAT[2, 3]");
        assertThat(graph.toByteArray()).isNotEqualTo(file);
        try (TrainStep step = TrainStep.compile(graph, DistillationLoss.HARD_LABELS, new Sgd(0, false, 0), "cpu", 1)) {
            float[] logits = step.logits(x, 2);
            float[] expected = onnxRuntime(file, x);
            for (int i = 0; i < logits.length; i++) {
                // Half precision has 11 bits, and rounds twice here.
                assertThat(logits[i]).isCloseTo(expected[i], within(3e-3f * Math.max(1, Math.abs(expected[i]))));
            }
            // A step too small for 16 bits: at 3, their next number is 2e-3 away.
            step.run(x, 2, null, new int[] {0, 1}, 1e-4, 0);
            GraphTensor trained = step.export().initializers().get("w");
            assertThat(trained.type()).isEqualTo(ElementType.FLOAT);
            assertThat(trained.floats()[3]).isNotEqualTo(3f).isCloseTo(3f, within(1e-3f));
        }
    }

    private static float[] onnxRuntime(byte[] file, float[] x) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = environment.createSession(file, options);
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {2, 2});
                OrtSession.Result result = session.run(Map.of("x", input))) {
            float[] values = new float[6];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(values);
            return values;
        }
    }

    @Test
    void tensors_ofBothKindsAndForms_keepTheirNumbers() throws Exception {
        for (DataType type : List.of(DataType.FLOAT16, DataType.BFLOAT16)) {
            for (boolean raw : new boolean[] {true, false}) {
                byte[] file = halfInside(type, raw).build().toByteArray();

                float[] values =
                        ModelGraph.parse(file, "half").initializers().get("w").floats();

                for (int i = 0; i < WEIGHT.length; i++) {
                    short bits = bits(type, WEIGHT[i]);
                    assertThat(values[i])
                            .isEqualTo(
                                    type == DataType.FLOAT16
                                            ? Fp16Conversions.fp16ToFloat(bits)
                                            : Fp16Conversions.bf16ToFloat(bits));
                }
            }
        }
    }

    @Test
    void inputsAndOutputs_becomeFloat() throws Exception {
        ModelProto.Builder model = halfInside(DataType.FLOAT16, true);
        for (var value : List.of(
                model.getGraphBuilder().getInputBuilder(0),
                model.getGraphBuilder().getOutputBuilder(0))) {
            value.getTypeBuilder().getTensorTypeBuilder().setElemType(DataType.FLOAT16_VALUE);
        }
        model.getGraphBuilder().getNodeBuilder(2).getAttributeBuilder(0).setI(DataType.FLOAT16_VALUE);

        ModelGraph graph = ModelGraph.parse(model.build().toByteArray(), "half");

        assertThat(graph.inputs().get(0).type()).isEqualTo(ElementType.FLOAT);
        assertThat(graph.outputs().get(0).type()).isEqualTo(ElementType.FLOAT);
        assertThat(graph.nodes().get(2).attributes().getInt("to", 0)).isEqualTo(DataType.FLOAT_VALUE);
    }

    @Test
    void tensor_ofAnotherNumberOfValues_isRefused() throws Exception {
        ModelProto.Builder model = halfInside(DataType.FLOAT16, true);
        model.getGraphBuilder().getInitializerBuilder(0).setRawData(ByteString.copyFrom(new byte[11]));

        assertThatThrownBy(() -> ModelGraph.parse(model.build().toByteArray(), "half"))
                .isInstanceOf(ModelException.class)
                .hasMessage("half: initialiser w: 11 bytes of values (expected: 12 for FLOAT16[2, 3])");
    }
}
