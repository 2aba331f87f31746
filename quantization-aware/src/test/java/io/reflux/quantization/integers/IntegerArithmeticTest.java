package io.reflux.quantization.integers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Graphs of one step between pairs, computed by libtorch as written out and by ONNX Runtime in integers. */
final class IntegerArithmeticTest {

    private static final int ROWS = 16;

    private final ModelGraphBuilder builder = ModelGraph.builder("step");

    private String pair(String value, float scale, int zeroPoint) {
        String name = value + "_" + zeroPoint;
        builder.initializer(GraphTensor.of(name + "_scale", new long[0], new float[] {scale}))
                .initializer(GraphTensor.of(name + "_zero", ElementType.UINT8, new long[0], new long[] {zeroPoint}))
                .node(
                        "QuantizeLinear",
                        name + "/q",
                        List.of(value, name + "_scale", name + "_zero"),
                        List.of(name + "_integers"))
                .node(
                        "DequantizeLinear",
                        name + "/d",
                        List.of(name + "_integers", name + "_scale", name + "_zero"),
                        List.of(name + "_pair"));
        return name + "_pair";
    }

    /** From 0.001 to 0.1. */
    private static float scale(Random random) {
        return (float) Math.pow(10, -1 - 2 * random.nextDouble());
    }

    private static float[] factors(Random random) {
        float[] factors = new float[64];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (float) random.nextGaussian();
        }
        return factors;
    }

    private void output(String value, long... shape) {
        builder.node("Identity", "last", List.of(value), List.of("y")).output("y", ElementType.FLOAT, shape);
    }

    private static void assertSame(ModelGraph graph, int elements, DoubleSupplier values) {
        ModelGraph written = IntegerArithmetic.of(graph);
        assertThat(written.nodes()).extracting(GraphNode::operator).contains("Round");
        float[] x = new float[ROWS * elements];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) values.getAsDouble();
        }
        try (TorchGraphModel exact = TorchGraphModel.open(written, "cpu");
                OnnxRuntimeModel real = OnnxRuntimeModel.open(graph, 1)) {
            float[] own = exact.logits(Inputs.of(x), ROWS);
            float[] engine = real.logits(Inputs.of(x), ROWS);
            assertThat(IntStream.range(0, engine.length).filter(i -> own[i] != engine[i]))
                    .as("places of other values")
                    .isEmpty();
        }
    }

    /** The sums reach 4096 · 255 · 127, eight times what a float holds exactly. */
    @Test
    void layer_ofLargeSums_isThatOfOnnxRuntime() {
        int inputs = 4096;
        int outputs = 8;
        Random random = new Random(1);
        float[] weight = new float[inputs * outputs];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = random.nextInt(8) == 0 ? -random.nextFloat() : 1 - random.nextFloat() / 4;
        }
        float[] bias = new float[outputs];
        for (int i = 0; i < outputs; i++) {
            // Up to 2^26 of the units in which the layer adds it.
            bias[i] = Math.round((random.nextFloat() - 0.7f) * 0x1p26f) / (127f * 255);
        }
        float[] ones = new float[outputs];
        Arrays.fill(ones, 1 / 127f);
        builder.input("x", ElementType.FLOAT, -1, inputs)
                .initializer(GraphTensor.of("w", new long[] {outputs, inputs}, weight))
                .initializer(GraphTensor.of("w_scale", new long[] {outputs}, ones))
                .initializer(GraphTensor.of("w_zero", ElementType.INT8, new long[] {outputs}, new long[outputs]))
                .initializer(GraphTensor.of("b", new long[] {outputs}, bias));
        Attributes axis = Attributes.NONE.withInt("axis", 0);
        builder.node("QuantizeLinear", "w/q", List.of("w", "w_scale", "w_zero"), List.of("w_integers"), axis)
                .node("DequantizeLinear", "w/d", List.of("w_integers", "w_scale", "w_zero"), List.of("w_pair"), axis);
        String x = pair("x", 1 / 255f, 0);
        builder.node("Gemm", "gemm", List.of(x, "w_pair", "b"), List.of("sums"), Attributes.NONE.withInt("transB", 1));
        output(pair("sums", 12.3f, 3), -1, outputs);
        ModelGraph graph = builder.build();

        assertThat(IntegerArithmetic.of(graph).nodes())
                .extracting(GraphNode::operator)
                .contains("Floor");
        assertSame(graph, inputs, () -> 1 - random.nextFloat() / 3);
    }

    @Property(tries = 3000)
    void sum_isThatOfOnnxRuntime(
            @ForAll @IntRange(max = 255) int zeroA,
            @ForAll @IntRange(max = 255) int zeroB,
            @ForAll @IntRange(max = 255) int zeroC,
            @ForAll boolean relu,
            @ForAll long seed) {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "other processors add in fixed point");
        Random random = new Random(seed);
        IntegerArithmeticTest step = new IntegerArithmeticTest();
        step.builder
                .input(
                        "x",
                        ElementType.FLOAT,
                        -1,
                        64) // One product: engines agree on it to the bit, as they do not on a sine.
                .node("Mul", "other", List.of("x", "factors"), List.of("other"))
                .initializer(GraphTensor.of("factors", new long[] {64}, factors(random)));
        String a = step.pair("x", scale(random), zeroA);
        String b = step.pair("other", scale(random), zeroB);
        step.builder.node("Add", "add", List.of(a, b), List.of("sum"));
        if (relu) {
            step.builder.node("Relu", "relu", List.of("sum"), List.of("positive"));
            step.output(step.pair("positive", scale(random), 0), -1, 64);
        } else {
            step.output(step.pair("sum", scale(random), zeroC), -1, 64);
        }
        assertSame(step.builder.build(), 64, () -> random.nextGaussian() * 2);
    }

    @Property(tries = 30)
    void mean_isThatOfOnnxRuntime(
            @ForAll @IntRange(max = 255) int zeroX,
            @ForAll @IntRange(max = 255) int zeroY,
            @ForAll @IntRange(min = 1, max = 9) int height,
            @ForAll long seed) {
        Random random = new Random(seed);
        IntegerArithmeticTest step = new IntegerArithmeticTest();
        step.builder.input("x", ElementType.FLOAT, -1, 8, height, 7);
        step.builder.node("GlobalAveragePool", "pool", List.of(step.pair("x", scale(random), zeroX)), List.of("mean"));
        step.builder.node("Flatten", "flat", List.of(step.pair("mean", scale(random), zeroY)), List.of("flat"));
        step.output("flat", -1, 8);
        assertSame(step.builder.build(), 8 * height * 7, () -> random.nextGaussian() * 2);
    }

    /** A Clip that the integers could exceed keeps its layer in floats, and so does a sum of different shapes. */
    @Test
    void step_thatEnginesComputeInFloats_staysAsItIs() {
        builder.input("x", ElementType.FLOAT, -1, 8)
                .initializer(GraphTensor.of("least", new long[0], new float[] {0}))
                .initializer(GraphTensor.of("most", new long[0], new float[] {1}));
        String a = pair("x", 0.1f, 0);
        builder.node("Add", "add", List.of(a, a), List.of("sum"))
                .node("Clip", "clip", List.of("sum", "least", "most"), List.of("clipped"));
        output(pair("clipped", 0.1f, 0), -1, 8);
        ModelGraph graph = builder.build();

        assertThat(IntegerArithmetic.of(graph).nodes()).isEqualTo(graph.nodes());
    }
}
