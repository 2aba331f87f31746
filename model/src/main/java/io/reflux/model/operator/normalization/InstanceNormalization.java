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
 * y = scale · (x − mean) / √(variance + epsilon) + bias, mean and variance over the spatial axes of each channel of each
 * sample (Ulyanov et al. 2016, arXiv:1607.08022).
 */
final class InstanceNormalization implements Operator {

    @Override
    public String type() {
        return "InstanceNormalization";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        float epsilon = epsilon(node.attributes());
        return new Problems(node, 3, 3)
                .oneOutput()
                .expect(epsilon >= 0 && Float.isFinite(epsilon), "epsilon", epsilon, ">= 0")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.requireRank("X", x, 3, Integer.MAX_VALUE);
        for (int i = 1; i <= 2; i++) {
            List<Long> shape = context.shape(node.input(i));
            if (!shape.equals(x.subList(1, 2))) {
                throw Shapes.mismatch((i == 1 ? "scale " : "bias ") + shape, x.subList(1, 2) + " for X " + x);
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
                "torch.instance_norm(" + out.value(node.input(0)) + ", " + out.value(node.input(1)) + ", "
                        + out.value(node.input(2)) + ", None, None, True, 0., "
                        + ScriptText.number(epsilon(node.attributes())) + ", False)");
    }

    private static float epsilon(Attributes attributes) {
        return attributes.getFloat("epsilon", 1e-5f);
    }
}
