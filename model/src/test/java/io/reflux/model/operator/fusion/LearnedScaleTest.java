package io.reflux.model.operator.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Scales' gradients against sums in doubles, of a network z = fakeQuantize(x) · fakeQuantize(w). */
final class LearnedScaleTest {

    private static final int WIDTH = 6;

    private static final int CLASSES = 3;

    private static final int LABEL = 1;

    private record Range(ElementType type, long zeroPoint) {

        /** Of a rounding: q − zero point, clamped. */
        double steps(double x, double scale) {
            return Math.max(type.least(), Math.min(type.most(), Math.rint(x / scale) + zeroPoint)) - zeroPoint;
        }

        boolean clamps(double x, double scale) {
            double q = Math.rint(x / scale) + zeroPoint;
            return q < type.least() || q > type.most();
        }

        /** Esser et al. 2020, eq. 3. */
        double ofScale(double x, double scale) {
            return steps(x, scale) - (clamps(x, scale) ? 0 : x / scale);
        }

        double factor(int elements) {
            return 1 / Math.sqrt((double) elements * type.most());
        }
    }

    private static float[] random(int count, Random random, float deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * deviation;
        }
        return values;
    }

    private static ModelGraphBuilder pair(
            ModelGraphBuilder builder, String value, ElementType type, float[] scales, long zeroPoint, long... shape) {
        return pair(builder, 1, value, type, scales, zeroPoint, shape);
    }

    private static ModelGraphBuilder pair(
            ModelGraphBuilder builder,
            int alongAxis,
            String value,
            ElementType type,
            float[] scales,
            long zeroPoint,
            long... shape) {
        long[] zeroPoints = new long[scales.length];
        Arrays.fill(zeroPoints, zeroPoint);
        List<String> parameters = List.of(value + "_scale", value + "_zero");
        Attributes axis = Attributes.NONE.withInt("axis", alongAxis);
        return builder.initializer(GraphTensor.of(value + "_scale", shape, scales))
                .initializer(GraphTensor.of(value + "_zero", type, shape, zeroPoints))
                .node(
                        "QuantizeLinear",
                        value + "_quantize",
                        List.of(value, parameters.get(0), parameters.get(1)),
                        List.of(value + "_q"),
                        axis)
                .node(
                        "DequantizeLinear",
                        value + "_dequantize",
                        List.of(value + "_q", parameters.get(0), parameters.get(1)),
                        List.of(value + "_d"),
                        axis);
    }

    /** What one step of plain gradient descent with rate 1 takes from each tensor. */
    private static Map<String, GraphTensor> after(ModelGraph graph, float[] x) {
        try (TrainStep step = TrainStep.compile(graph, DistillationLoss.HARD_LABELS, new Sgd(0, false, 0), "cpu", 1)) {
            step.run(Inputs.of(x), 1, null, new int[] {LABEL}, 1, 0);
            return step.export().initializers();
        }
    }

    @Property(tries = 40)
    void gradients_ofScales_areThoseOfDoubles(
            @ForAll long seed,
            @ForAll boolean unsigned,
            @ForAll @IntRange(min = 0, max = 60) int zeroPoint,
            @ForAll boolean mirrored,
            @ForAll @IntRange(min = 4, max = 100) int thousandths) {
        float scale = thousandths / 1000f;
        Random random = new Random(seed);
        Range ofX = new Range(unsigned ? ElementType.UINT8 : ElementType.INT8, zeroPoint);
        Range ofW = new Range(ElementType.INT8, 0);
        float[] x = random(WIDTH, random, 3);
        float[] w = random(WIDTH * CLASSES, random, 0.5f);
        // A scale below 0 counts as its magnitude.
        float[] scaleOfX = {mirrored ? -scale : scale};
        float[] scales = {0.02f, -0.003f, 0.05f};
        ModelGraph graph = graph(ofX, scaleOfX, scales, w);

        double[] z = new double[CLASSES];
        for (int i = 0; i < w.length; i++) {
            double xs = scale * ofX.steps(x[i / CLASSES], scale);
            double s = Math.abs(scales[i % CLASSES]);
            z[i % CLASSES] += xs * s * ofW.steps(w[i], s);
        }
        double most = Arrays.stream(z).max().orElseThrow();
        double sum = Arrays.stream(z).map(value -> Math.exp(value - most)).sum();
        double expected = 0;
        double[] expectedOfW = new double[CLASSES];
        for (int i = 0; i < w.length; i++) {
            int c = i % CLASSES;
            double error = Math.exp(z[c] - most) / sum - (c == LABEL ? 1 : 0);
            double s = Math.abs(scales[c]);
            double xs = scale * ofX.steps(x[i / CLASSES], scale);
            expected += error * s * ofW.steps(w[i], s) * ofX.ofScale(x[i / CLASSES], scale);
            expectedOfW[c] += error * xs * ofW.ofScale(w[i], s);
        }
        expected *= Math.signum(scaleOfX[0]) * ofX.factor(WIDTH);

        Map<String, GraphTensor> trained = after(graph, x);
        assertThat(scaleOfX[0] - (double) trained.get("x_scale").floats()[0]).isCloseTo(expected, near(expected));
        for (int c = 0; c < CLASSES; c++) {
            double ofScale = expectedOfW[c] * Math.signum(scales[c]) * ofW.factor(WIDTH);
            assertThat(scales[c] - (double) trained.get("w_scale").floats()[c]).isCloseTo(ofScale, near(ofScale));
        }
    }

    /** z = x ⊙ fakeQuantize(g), with a scale for each of g's numbers: by hand ∂loss/∂z_c · x_c · (y − g)/s of each alone. */
    @Test
    void gradients_ofScalesOfAVector_areEachNumbersOwn() {
        float[] g = {0.31f, -0.52f, 0.77f};
        float[] scales = {0.02f, 0.03f, 0.05f};
        float[] x = {1.5f, -2, 0.5f};
        ModelGraphBuilder builder = ModelGraph.builder("vector")
                .input("x", ElementType.FLOAT, -1, CLASSES)
                .output("z", ElementType.FLOAT, -1, CLASSES)
                .initializer(GraphTensor.of("g", new long[] {CLASSES}, g));
        pair(builder, 0, "g", ElementType.INT8, scales, 0, CLASSES);
        ModelGraph graph = new RoleOverrides(List.of("g", "g_scale"), List.of())
                .note(builder.node("Mul", "product", List.of("x", "g_d"), List.of("z"))
                        .build());
        Range range = new Range(ElementType.INT8, 0);
        double[] z = new double[CLASSES];
        Arrays.setAll(z, c -> x[c] * scales[c] * range.steps(g[c], scales[c]));
        double sum = Arrays.stream(z).map(Math::exp).sum();

        float[] trained = after(graph, x).get("g_scale").floats();
        for (int c = 0; c < CLASSES; c++) {
            double error = Math.exp(z[c]) / sum - (c == LABEL ? 1 : 0);
            double expected = error * x[c] * range.ofScale(g[c], scales[c]) * range.factor(1);
            assertThat(scales[c] - (double) trained[c]).isCloseTo(expected, within(1e-6));
        }
    }

    /** Products of floats, of which two sums of up to 128 steps are taken from each other. */
    private static Offset<Double> near(double expected) {
        return within(1e-4 + 1e-3 * Math.abs(expected));
    }

    private static ModelGraph graph(Range ofX, float[] scaleOfX, float[] scales, float[] w) {
        ModelGraphBuilder builder = ModelGraph.builder("learned")
                .input("x", ElementType.FLOAT, -1, WIDTH)
                .output("z", ElementType.FLOAT, -1, CLASSES)
                .initializer(GraphTensor.of("w", new long[] {WIDTH, CLASSES}, w));
        pair(builder, "x", ofX.type(), scaleOfX, ofX.zeroPoint());
        pair(builder, "w", ElementType.INT8, scales, 0, CLASSES);
        return new RoleOverrides(List.of("x_scale", "w_scale"), List.of())
                .note(builder.node("MatMul", "product", List.of("x_d", "w_d"), List.of("z"))
                        .build());
    }

    /** A pair of the input → Conv → Relu → pair → MaxPool, then Flatten with the same pair before and behind it, or without. */
    private static ModelGraph convolutions(boolean behindPool) {
        Random random = new Random(7);
        ModelGraphBuilder builder = ModelGraph.builder("convolutions")
                .input("x", ElementType.FLOAT, -1, 1, 6, 6)
                .output("z", ElementType.FLOAT, -1, CLASSES)
                .initializer(GraphTensor.of("kernel", new long[] {2, 1, 3, 3}, random(18, random, 0.4f)))
                .initializer(GraphTensor.of("w", new long[] {8, CLASSES}, random(8 * CLASSES, random, 0.5f)));
        pair(builder, "x", ElementType.INT8, new float[] {0.02f}, 0);
        builder.node("Conv", "conv", List.of("x_d", "kernel"), List.of("c"))
                .node("Relu", "relu", List.of("c"), List.of("r"));
        pair(builder, "r", ElementType.UINT8, new float[] {0.01f}, 0);
        builder.node(
                "MaxPool",
                "pool",
                List.of("r_d"),
                List.of("m"),
                Attributes.NONE.withInts("kernel_shape", List.of(2L, 2L)).withInts("strides", List.of(2L, 2L)));
        String flat = "m";
        if (behindPool) {
            for (String value : List.of("m", "f")) {
                List<String> inputs = List.of(value, "r_scale", "r_zero");
                builder.node("QuantizeLinear", value + "_quantize", inputs, List.of(value + "_q"))
                        .node(
                                "DequantizeLinear",
                                value + "_dequantize",
                                List.of(value + "_q", "r_scale", "r_zero"),
                                List.of(value + "_d"));
                if (value.equals("m")) {
                    builder.node("Flatten", "flatten", List.of("m_d"), List.of("f"));
                }
            }
            flat = "f_d";
        } else {
            builder.node("Flatten", "flatten", List.of("m"), List.of("f"));
            flat = "f";
        }
        return new RoleOverrides(List.of("x_scale", "r_scale"), List.of())
                .note(builder.node("MatMul", "product", List.of(flat, "w"), List.of("z"))
                        .build());
    }

    /** The graph's input has no gradient; its scale's is the slope of the loss along what the scale changes. */
    @Test
    void scale_ofAnInput_learnsFromTheConvolutionOfItsChange() {
        ModelGraph graph = convolutions(false);
        float[] x = random(36, new Random(3), 1);
        x[5] = 4;
        float scale = 0.02f;
        Range range = new Range(ElementType.INT8, 0);
        float[] change = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            change[i] = (float) range.ofScale(x[i], scale);
        }
        // y = scale · q moves by ofScale a unit of scale; the loss along that line, by central differences.
        double step = 2e-3;
        double slope = (loss(graph, x, change, step) - loss(graph, x, change, -step)) / (2 * step);
        double learned = scale - (double) after(graph, x).get("x_scale").floats()[0];
        double expected = slope * range.factor(x.length);
        assertThat(learned).isCloseTo(expected, within(0.05 * Math.abs(expected)));
    }

    /** The loss in doubles at x rounded plus step · change; the pair behind the convolution passes its input on. */
    private static double loss(ModelGraph graph, float[] x, float[] change, double step) {
        Range range = new Range(ElementType.INT8, 0);
        float[] kernel = graph.initializers().get("kernel").floats();
        float[] w = graph.initializers().get("w").floats();
        double[] z = new double[CLASSES];
        for (int k = 0; k < 2; k++) {
            for (int cell = 0; cell < 4; cell++) {
                double most = 0;
                double rounded = 0;
                for (int corner = 0; corner < 4; corner++) {
                    int row = cell / 2 * 2 + corner / 2;
                    int column = cell % 2 * 2 + corner % 2;
                    double before = 0;
                    double sum = 0;
                    for (int tap = 0; tap < 9; tap++) {
                        int pixel = (row + tap / 3) * 6 + column + tap % 3;
                        double y = 0.02f * range.steps(x[pixel], 0.02f);
                        before += kernel[k * 9 + tap] * y;
                        sum += kernel[k * 9 + tap] * (y + step * change[pixel]);
                    }
                    if (before > most) {
                        most = before;
                        // Straight through: what rounding adds stays as it is.
                        rounded = 0.01f * Math.min(255, Math.rint(before / 0.01f)) + (sum - before);
                    }
                }
                for (int c = 0; c < CLASSES; c++) {
                    z[c] += rounded * w[(k * 4 + cell) * CLASSES + c];
                }
            }
        }
        double sum = 0;
        for (double value : z) {
            sum += Math.exp(value);
        }
        return Math.log(sum) - z[LABEL];
    }

    /** A pair of what is rounded already makes no number, and no gradient. */
    @Test
    void step_withPairsThatRepeatOne_isTheStepWithout() {
        float[] x = random(36, new Random(3), 1);
        Map<String, GraphTensor> without = after(convolutions(false), x);
        Map<String, GraphTensor> with = after(convolutions(true), x);
        assertThat(with.get("w")).isEqualTo(without.get("w"));
    }
}
