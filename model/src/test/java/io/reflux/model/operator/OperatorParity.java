package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.script.GraphCompiler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A small graph of any inputs and outputs: compares libtorch, running the compiled script, with ONNX Runtime, and the
 * script's gradients with central differences of the same script in double precision.
 */
public final class OperatorParity {

    private static final double RELATIVE = 1e-4;
    /** What sums of a few hundred products of numbers around 1 may lose in 32 bits. */
    private static final double ABSOLUTE = 1e-5;
    /** Cube root of double's rounding: balances the truncation and the rounding of a central difference. */
    private static final double STEP = 6e-6;

    private final Random random;
    private final ModelGraphBuilder builder;
    private final Map<String, GraphTensor> inputs = new LinkedHashMap<>();
    private final Map<String, ElementType> outputs = new LinkedHashMap<>();
    private @Nullable ModelGraph graph;

    public OperatorParity(long seed, int opset) {
        this.random = new Random(seed);
        this.builder = ModelGraph.builder("parity").opset(opset);
    }

    /** Imports another operator set beside ONNX's own. */
    public OperatorParity domain(String name, int version) {
        builder.operatorSet(name, version);
        return this;
    }

    /**
     * A tensor of values in [low, high), each in a part of its own of that range, in any order: no two are so near each other,
     * nor one to the middle, that a central difference would meet the kink of a maximum or of an absolute value.
     */
    public GraphTensor tensor(String name, double low, double high, long... shape) {
        int size = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
        List<Float> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            values.add((float) (low + (high - low) * (i + 0.05 + 0.4 * random.nextDouble()) / size));
        }
        Collections.shuffle(values, random);
        float[] shuffled = new float[size];
        for (int i = 0; i < size; i++) {
            shuffled[i] = values.get(i);
        }
        return GraphTensor.of(name, shape, shuffled);
    }

    /** A float input in [-2, 2) whose first dimension is free. */
    public OperatorParity input(String name, long... shape) {
        return input(tensor(name, -2, 2, shape), true);
    }

    /** An input of these values, of fixed shape or with its first dimension free. */
    public OperatorParity input(GraphTensor values, boolean freeBatch) {
        long[] declared = values.shape();
        if (freeBatch) {
            declared[0] = -1;
        }
        builder.input(values.name(), values.type(), declared);
        inputs.put(values.name(), values);
        return this;
    }

    /** An initialiser in [-1, 1). */
    public OperatorParity weight(String name, long... shape) {
        return constant(tensor(name, -1, 1, shape));
    }

    public OperatorParity constant(GraphTensor values) {
        builder.initializer(values);
        return this;
    }

    public OperatorParity axes(String name, long... values) {
        return constant(GraphTensor.of(name, new long[] {values.length}, values));
    }

    public OperatorParity scalar(String name, float value) {
        return constant(GraphTensor.of(name, new long[0], new float[] {value}));
    }

    public OperatorParity node(String operator, String inputs, String outputs, Attributes attributes) {
        return node("", operator, inputs, outputs, attributes);
    }

    /** A node whose inputs and outputs are separated by spaces, "-" for one that is absent. */
    public OperatorParity node(String domain, String operator, String inputs, String outputs, Attributes attributes) {
        builder.node(new GraphNode(
                operator + "_of_" + outputs.replace(' ', '_'),
                operator,
                domain,
                names(inputs),
                names(outputs),
                attributes));
        return this;
    }

    public OperatorParity node(String operator, String inputs, String outputs) {
        return node(operator, inputs, outputs, Attributes.NONE);
    }

    public OperatorParity output(String name) {
        return output(name, ElementType.FLOAT);
    }

    public OperatorParity output(String name, ElementType type) {
        outputs.put(name, type);
        return this;
    }

    private static List<String> names(String list) {
        return Arrays.stream(list.split(" "))
                .map(name -> name.equals("-") ? "" : name)
                .toList();
    }

    /** The graph; its outputs are declared with the shapes that are inferred, so that ONNX Runtime checks those too. */
    private ModelGraph graph() {
        if (graph != null) {
            return graph;
        }
        outputs.forEach((name, type) -> builder.output(name, type));
        Map<String, List<Long>> shapes = ShapeInference.infer(builder.build());
        outputs.forEach((name, type) -> builder.removeOutput(name)
                .output(
                        name,
                        type,
                        shapes.get(name).stream().mapToLong(Long::longValue).toArray()));
        graph = builder.build();
        return graph;
    }

    /** The compiled script, once the graph is complete. */
    public String script() {
        return GraphCompiler.compile(graph()).methods();
    }

    /** Every output of libtorch has the shape and, within 1e-4, the values of ONNX Runtime's. */
    public void assertSame() {
        ModelGraph graph = graph();
        List<Elements> expected = OnnxRuntimeEngine.run(graph, inputs.values());
        List<Elements> actual = TorchEngine.run(graph, inputs.values());
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            String name = graph.outputs().get(i).name();
            assertThat(actual.get(i).shape())
                    .as("shape of %s", name)
                    .containsExactly(expected.get(i).shape());
            assertClose(name, actual.get(i).values(), expected.get(i).values());
        }
    }

    private static void assertClose(String name, double[] actual, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            boolean same = Double.compare(actual[i], expected[i]) == 0
                    || Math.abs(actual[i] - expected[i]) <= RELATIVE * Math.abs(expected[i]) + ABSOLUTE;
            assertThat(same)
                    .as("%s[%d]: %s (expected: %s)", name, i, actual[i], expected[i])
                    .isTrue();
        }
    }

    /**
     * The gradients of a weighted sum of all float outputs, with respect to each float input and parameter, are what
     * central differences say. The graph runs in training mode and must not draw random numbers.
     */
    public void assertGradients() {
        try (ScriptGradients gradients = new ScriptGradients(graph(), inputs.values(), random, DataType.FLOAT64)) {
            List<Elements> analytic = gradients.gradients();
            for (int leaf = 0; leaf < analytic.size(); leaf++) {
                double[] gradient = analytic.get(leaf).values();
                for (int i = 0; i < gradient.length; i++) {
                    double difference =
                            (gradients.objective(leaf, i, STEP) - gradients.objective(leaf, i, -STEP)) / (2 * STEP);
                    assertThat(gradient[i])
                            .as("gradient of %s[%d]", gradients.name(leaf), i)
                            .isCloseTo(difference, within(1e-6 * Math.max(1, Math.abs(difference))));
                }
            }
        }
    }

    /** The gradient of the same sum with respect to one parameter or input, in the precision of training. */
    public double[] gradientInSinglePrecision(String leaf) {
        try (ScriptGradients gradients = new ScriptGradients(graph(), inputs.values(), random, DataType.FLOAT32)) {
            return gradients.gradients().get(gradients.leaf(leaf)).values();
        }
    }
}
