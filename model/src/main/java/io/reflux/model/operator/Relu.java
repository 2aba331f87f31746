package io.reflux.model.operator;

import io.reflux.model.graph.GraphNode;
import java.util.List;

/** y = max(x, 0), element by element. */
final class Relu implements Operator {

    @Override
    public String type() {
        return "Relu";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(node.output(0), "torch.relu(" + out.value(node.input(0)) + ")");
    }
}
