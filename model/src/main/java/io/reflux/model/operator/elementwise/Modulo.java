package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** Mod: what remains of a / b, with the sign of b, or with {@code fmod} 1 the sign of a. */
final class Modulo implements Operator {

    @Override
    public String type() {
        return "Mod";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(Shapes.broadcast(context.shape(node.input(0)), context.shape(node.input(1))));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String function = node.attributes().getInt("fmod", 0) == 0 ? "torch.remainder" : "torch.fmod";
        out.assign(node.output(0), function + "(" + out.value(node.input(0)) + ", " + out.value(node.input(1)) + ")");
    }
}
