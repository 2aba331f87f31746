package io.reflux.model.operator.normalization;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Normalisation of each sample over its last axes, {@code axis} and all behind it, then times a scale and, for some,
 * plus a bias.
 *
 * @param type ONNX name
 * @param since the first operator set that has it
 * @param form whether the mean is subtracted
 */
record LastAxes(String type, int since, Form form) implements Operator {

    /** What is divided by what. */
    enum Form {
        /** (x − mean) / √(variance + epsilon) (Ba et al. 2016, arXiv:1607.06450). */
        LAYER(3),
        /** x / √(mean of squares + epsilon) (Zhang & Sennrich 2019, arXiv:1910.07467). */
        ROOT_MEAN_SQUARE(2);

        private final int inputs;

        Form(int inputs) {
            this.inputs = inputs;
        }

        String call(String x, String shape, String scale, String bias, String epsilon) {
            return this == LAYER
                    ? "torch.layer_norm(" + x + ", " + shape + ", " + scale + ", " + bias + ", " + epsilon + ", False)"
                    : "torch.rms_norm(" + x + ", " + shape + ", " + scale + ", " + epsilon + ")";
        }
    }

    @Override
    public String limits() {
        return "no mean and deviation as outputs";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        float epsilon = epsilon(node.attributes());
        return new Problems(node, 2, form.inputs)
                .oneOutput()
                .expect(epsilon >= 0 && Float.isFinite(epsilon), "epsilon", epsilon, ">= 0")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        axis(node, x);
        for (int i = 1; i < node.inputs().size(); i++) {
            if (node.hasInput(i)) {
                List<Long> shape = context.shape(node.input(i));
                if (shape.size() > x.size() || !Shapes.broadcast(x, shape).equals(x)) {
                    throw Shapes.mismatch((i == 1 ? "scale " : "bias ") + shape, "a shape that stretches to X " + x);
                }
            }
        }
        return List.of(x);
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.SETTING : InputUse.WEIGHT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        List<Long> shape = out.shape(node.input(0));
        int axis = axis(node, shape);
        String x = out.value(node.input(0));
        String sizes = IntStream.range(axis, shape.size())
                .mapToObj(i -> shape.get(i) == Shapes.FREE ? "torch.size(" + x + ", " + i + ")" : shape.get(i) + "")
                .collect(Collectors.joining(", ", "[", "]"));
        boolean scaled = covers(out.shape(node.input(1)), shape, axis);
        boolean biased = scaled && node.hasInput(2) && covers(out.shape(node.input(2)), shape, axis);
        String scale = scaled ? flat(node, 1, out, shape.size() - axis, sizes) : "None";
        String bias = biased ? flat(node, 2, out, shape.size() - axis, sizes) : "None";
        String y = form.call(x, sizes, scale, bias, ScriptText.number(epsilon(node.attributes())));
        y = scaled ? y : "torch.mul(" + y + ", " + out.value(node.input(1)) + ")";
        boolean later = node.hasInput(2) && !biased;
        out.assign(node.output(0), later ? "torch.add(" + y + ", " + out.value(node.input(2)) + ")" : y);
    }

    /** Whether a scale has one number for each element that is normalised together, as libtorch wants it. */
    private static boolean covers(List<Long> scale, List<Long> x, int axis) {
        int rank = x.size() - axis;
        int extra = scale.size() - rank;
        return extra >= 0
                && scale.subList(0, extra).stream().allMatch(size -> size == 1)
                && scale.subList(extra, scale.size()).equals(x.subList(axis, x.size()))
                && !scale.contains(Shapes.FREE);
    }

    private static String flat(GraphNode node, int input, ScriptEmitter out, int rank, String sizes) {
        String value = out.value(node.input(input));
        return out.shape(node.input(input)).size() == rank ? value : "torch.reshape(" + value + ", " + sizes + ")";
    }

    private static int axis(GraphNode node, List<Long> x) {
        return Shapes.axis(node.attributes().getInt("axis", -1), x.size(), x.size());
    }

    private static float epsilon(Attributes attributes) {
        return attributes.getFloat("epsilon", 1e-5f);
    }
}
