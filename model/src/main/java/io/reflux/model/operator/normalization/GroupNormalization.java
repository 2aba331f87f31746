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

/**
 * y = scale · (x − mean) / √(variance + epsilon) + bias, mean and variance over each group of channels of each sample
 * (Wu & He 2018, arXiv:1803.08494). Scale and bias have one number for each channel; in operator sets 18 to 20, one for
 * each group.
 */
final class GroupNormalization implements Operator {

    /** The operator set that gave each channel its own scale. */
    private static final int PER_CHANNEL = 21;

    @Override
    public String type() {
        return "GroupNormalization";
    }

    @Override
    public int since() {
        return 18;
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        float epsilon = epsilon(node.attributes());
        long groups = groups(node);
        return new Problems(node, 3, 3)
                .oneOutput()
                .expect(groups >= 1, "num_groups", groups, ">= 1")
                .expect(epsilon >= 0 && Float.isFinite(epsilon), "epsilon", epsilon, ">= 0")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.requireRank("X", x, 3, Integer.MAX_VALUE);
        long groups = groups(node);
        if (x.get(1) % groups != 0) {
            throw Shapes.mismatch("X " + x, "channels divisible by num_groups " + groups);
        }
        List<Long> expected = List.of(context.opset() < PER_CHANNEL ? groups : x.get(1));
        for (int i = 1; i <= 2; i++) {
            List<Long> shape = context.shape(node.input(i));
            if (!shape.equals(expected)) {
                throw Shapes.mismatch((i == 1 ? "scale " : "bias ") + shape, expected + " for X " + x);
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
        out.assign(
                node.output(0),
                "torch.group_norm(" + out.value(node.input(0)) + ", " + groups(node) + ", " + perChannel(node, 1, out)
                        + ", " + perChannel(node, 2, out) + ", " + ScriptText.number(epsilon(node.attributes()))
                        + ", False)");
    }

    private static String perChannel(GraphNode node, int input, ScriptEmitter out) {
        String value = out.value(node.input(input));
        long repeats = out.shape(node.input(0)).get(1) / groups(node);
        return out.opset() < PER_CHANNEL && repeats > 1
                ? "torch.repeat_interleave(" + value + ", " + repeats + ")"
                : value;
    }

    private static long groups(GraphNode node) {
        return node.attributes().getInt("num_groups", 0);
    }

    private static float epsilon(Attributes attributes) {
        return attributes.getFloat("epsilon", 1e-5f);
    }
}
