package io.reflux.model.operator.probability;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/**
 * In training, sets each element to 0 with probability {@code ratio} and divides the others by 1 − ratio; in evaluation
 * it does nothing (Srivastava et al. 2014). The ratio is the second input, a constant in [0, 1); 0.5 where absent.
 */
final class Dropout implements Operator {

    private static final float DEFAULT_RATIO = 0.5f;

    @Override
    public String type() {
        return "Dropout";
    }

    @Override
    public String limits() {
        return "no mask as output; training_mode absent or false, for the trainer switches it";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Problems problems = new Problems(node, 1, 3).oneOutput();
        if (node.hasInput(1)) {
            problems.expect(context.isConstant(node.input(1)), "ratio", node.input(1) + " is computed", "a constant");
        }
        if (node.hasInput(2)) {
            boolean alwaysOff = context.isConstant(node.input(2))
                    && context.constant(node.input(2)).longs()[0] == 0;
            problems.expect(alwaysOff, "training_mode", node.input(2), "absent or constant false");
        }
        if (problems.list().isEmpty()) {
            float ratio = ratio(node, context);
            problems.expect(ratio >= 0 && ratio < 1, "ratio", ratio, ">= 0 and < 1");
        }
        return problems.list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                "torch.dropout(" + out.value(node.input(0)) + ", " + ScriptText.number(ratio(node, out)) + ", "
                        + out.training() + ")");
    }

    private static float ratio(GraphNode node, NodeContext context) {
        if (!node.hasInput(1)) {
            return DEFAULT_RATIO;
        }
        GraphTensor ratio = context.constant(node.input(1));
        if (ratio.size() != 1) {
            throw Shapes.mismatch("ratio " + ratio.describe(), "a scalar");
        }
        return ratio.floats()[0];
    }
}
