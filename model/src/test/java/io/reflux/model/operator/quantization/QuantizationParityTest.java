package io.reflux.model.operator.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.OperatorParity;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

final class QuantizationParityTest {

    private static final long[] SHAPE = {2, 5, 6};

    private enum Granularity {
        TENSOR,
        AXIS,
        BLOCK
    }

    @Property(tries = 40)
    void pair_anyGranularity_isFusedAndEqualsOnnxRuntime(
            @ForAll long seed,
            @ForAll Granularity granularity,
            @ForAll @IntRange(min = 1, max = 2) int axis,
            @ForAll("stored") ElementType type,
            @ForAll boolean zeroPoint) {
        // ONNX Runtime 1.29 quantises to 2 bits wrongly along a last axis whose rows end inside a byte.
        Assume.that(type.bits() > 2 || granularity != Granularity.AXIS || axis != 2);
        OperatorParity parity = new OperatorParity(seed, opset(type)).input("x", SHAPE);
        String settings = settings(parity, seed, granularity, axis, type, zeroPoint);
        Attributes attributes = attributes(granularity, axis);
        // Beside a zero point of INT8 the type may not be said twice: ONNX Runtime turns the pair into UINT8 on x86 and
        // leaves output_dtype behind.
        if (!zeroPoint || type != ElementType.INT8) {
            attributes = attributes.withInt("output_dtype", type.onnxCode());
        }
        parity.node("QuantizeLinear", "x " + settings, "q", attributes)
                .node("DequantizeLinear", "q " + settings, "y", attributes(granularity, axis))
                .output("y");

        assertThat(parity.script()).contains("torch.round_(");
        parity.assertSame();
    }

    @Property(tries = 40)
    void quantizeAndDequantize_apart_equalOnnxRuntime(
            @ForAll long seed,
            @ForAll Granularity granularity,
            @ForAll @IntRange(min = 1, max = 2) int axis,
            @ForAll boolean signed,
            @ForAll boolean zeroPoint) {
        OperatorParity parity = new OperatorParity(seed, 21).input("x", SHAPE);
        ElementType type = signed && zeroPoint ? ElementType.INT8 : ElementType.UINT8;
        String settings = settings(parity, seed, granularity, axis, type, zeroPoint);
        parity.node("QuantizeLinear", "x " + settings, "q", attributes(granularity, axis))
                .input(integers("given", type, seed + 1, SHAPE), false)
                .node("DequantizeLinear", "given " + settings, "y", attributes(granularity, axis))
                .output("q", type)
                .output("y")
                .assertSame();
    }

    @Property(tries = 40)
    void dequantize_storedWeights_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll Granularity granularity,
            @ForAll @IntRange(min = 1, max = 2) int axis,
            @ForAll("stored") ElementType type,
            @ForAll boolean zeroPoint) {
        OperatorParity parity = new OperatorParity(seed, opset(type)).input("x", SHAPE);
        String settings = settings(parity, seed, granularity, axis, type, zeroPoint);
        parity.constant(integers("weight", type, seed + 1, SHAPE))
                .node("DequantizeLinear", "weight " + settings, "real", attributes(granularity, axis))
                .node("Add", "x real", "y")
                .output("y")
                .assertSame();
    }

    /** ONNX Runtime hands 4-bit integers to no Java caller, so that folding a constant has to go past them. */
    @Property(tries = 20)
    void pair_onAConstant_equalsOnnxRuntime(@ForAll long seed, @ForAll("stored") ElementType type) {
        OperatorParity parity = new OperatorParity(seed, opset(type)).input("x", SHAPE);
        String settings = settings(parity, seed, Granularity.AXIS, 1, type, true);
        parity.constant(parity.tensor("constant", -2, 2, SHAPE))
                .node("QuantizeLinear", "constant " + settings, "q", attributes(Granularity.AXIS, 1))
                .node("DequantizeLinear", "q " + settings, "real", attributes(Granularity.AXIS, 1))
                .node("Add", "x real", "y")
                .output("y")
                .assertSame();
    }

    /** The set that a type came with. */
    private static int opset(ElementType type) {
        return type.bits() == 2 ? 25 : 21;
    }

    @Provide
    static Arbitrary<ElementType> stored() {
        return Arbitraries.of(
                ElementType.INT4,
                ElementType.UINT4,
                ElementType.INT2,
                ElementType.UINT2,
                ElementType.INT8,
                ElementType.UINT8,
                ElementType.INT16,
                ElementType.UINT16);
    }

    @Example
    void quantize_otherTypeThanItsZeroPoint_isRefused() {
        OperatorParity parity = new OperatorParity(1, 21)
                .input("x", SHAPE)
                .scalar("scale", 0.5f)
                .constant(GraphTensor.of("zero", ElementType.INT4, new long[0], new long[] {-8}))
                .node("QuantizeLinear", "x scale zero", "q", Attributes.NONE.withInt("output_dtype", 2))
                .node("DequantizeLinear", "q scale zero", "y")
                .output("y");

        assertThatThrownBy(parity::script)
                .hasMessageContaining("output_dtype UINT8 (expected: INT4 as the zero point)");
    }

    @Example
    void dequantize_wideIntegers_equalsOnnxRuntime() {
        OperatorParity parity = new OperatorParity(2, 13);
        parity.input(GraphTensor.of("bias", ElementType.INT32, new long[] {3}, new long[] {-70000, 3, 123456}), false)
                .constant(parity.tensor("scale", 0.001, 0.01, 3))
                .node("DequantizeLinear", "bias scale", "y", Attributes.NONE.withInt("axis", 0))
                .output("y")
                .assertSame();
    }

    @Example
    void quantize_halves_goToTheEvenNumber() {
        new OperatorParity(1, 13)
                .input(GraphTensor.of("x", new long[] {6}, new float[] {0.25f, 0.75f, 1.25f, -0.25f, 200, -200}), false)
                .scalar("scale", 0.5f)
                .constant(GraphTensor.of("zero", ElementType.INT8, new long[0], new long[] {3}))
                .node("QuantizeLinear", "x scale zero", "q")
                .node("DequantizeLinear", "q scale zero", "y")
                .output("q", ElementType.INT8)
                .output("y")
                .assertSame();
    }

    @Example
    void weights_throughAPair_areTrainedStraightThrough() {
        OperatorParity parity = new OperatorParity(3, 13).input("x", 2, 4);
        parity.constant(GraphTensor.of("w", new long[] {4, 1}, new float[] {0.3f, -0.7f, 99, -99}))
                .scalar("scale", 0.125f)
                .constant(GraphTensor.of("zero", ElementType.INT8, new long[0], new long[] {0}))
                .node("QuantizeLinear", "w scale zero", "q")
                .node("DequantizeLinear", "q scale zero", "dq")
                .node("MatMul", "x dq", "y")
                .output("y");

        // d(Σ c·y)/dw is x′c where w is in range, and 0 where it is clamped: the last two.
        double[] gradient = parity.gradientInSinglePrecision("w");
        assertThat(gradient[0]).isNotZero();
        assertThat(gradient[1]).isNotZero();
        assertThat(gradient[2]).isZero();
        assertThat(gradient[3]).isZero();
    }

    private static Attributes attributes(Granularity granularity, int axis) {
        return switch (granularity) {
            case TENSOR -> Attributes.NONE;
            case AXIS -> Attributes.NONE.withInt("axis", axis);
            case BLOCK -> Attributes.NONE.withInt("axis", axis).withInt("block_size", 3);
        };
    }

    /** Adds a scale and perhaps a zero point; scales are powers of two, by which division and its inverse agree. */
    private static String settings(
            OperatorParity parity, long seed, Granularity granularity, int axis, ElementType type, boolean zeroPoint) {
        long[] shape = switch (granularity) {
            case TENSOR -> new long[0];
            case AXIS -> new long[] {SHAPE[axis]};
            case BLOCK -> axis == 1 ? new long[] {2, 2, 6} : new long[] {2, 5, 2};
        };
        Random random = new Random(seed);
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        float[] scales = new float[size];
        for (int i = 0; i < size; i++) {
            scales[i] = 1f / (8 << random.nextInt(5));
        }
        parity.constant(GraphTensor.of("scale", shape, scales));
        if (zeroPoint) {
            parity.constant(integers("zero", type, seed, shape));
        }
        return zeroPoint ? "scale zero" : "scale";
    }

    private static GraphTensor integers(String name, ElementType type, long seed, long... shape) {
        Random random = new Random(seed);
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextLong(type.least(), type.most() + 1);
        }
        return GraphTensor.of(name, type, shape, values);
    }
}
