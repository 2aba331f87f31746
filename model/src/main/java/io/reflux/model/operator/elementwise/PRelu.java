package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** y = x where x ≥ 0, else slope · x (He et al. 2015, arXiv:1502.01852); the slope is trained and stretches to x. */
final class PRelu implements Operator {

    @Override
    public String type() {
        return "PRelu";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> slope = context.shape(node.input(1));
        if (slope.size() > x.size() || !Shapes.broadcast(x, slope).equals(x)) {
            throw Shapes.mismatch("slope " + slope, "a shape that stretches to X " + x);
        }
        return List.of(x);
    }

    @Override
    public InputUse use(int input) {
        return input == 1 ? InputUse.WEIGHT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        String slope = out.value(node.input(1));
        if (perChannel(out.shape(node.input(0)), out.shape(node.input(1)))) {
            out.assign(node.output(0), "torch.prelu(" + x + ", torch.reshape(" + slope + ", [-1]))");
        } else {
            out.assign(
                    node.output(0),
                    "torch.where(torch.ge(" + x + ", 0), " + x + ", torch.mul(" + x + ", " + slope + "))");
        }
    }

    /** Whether the slope is one number, or one for each element of x's axis 1: what libtorch's fused form takes. */
    private static boolean perChannel(List<Long> x, List<Long> slope) {
        int offset = x.size() - slope.size();
        for (int i = 0; i < slope.size(); i++) {
            if (slope.get(i) != 1 && (i + offset != 1 || !slope.get(i).equals(x.get(1)))) {
                return false;
            }
        }
        return true;
    }
}
