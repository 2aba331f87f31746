package io.reflux.model.operator;

import io.reflux.model.graph.GraphNode;
import java.util.List;

/** y = a + b, broadcast to each other. */
final class Add implements Operator {

    @Override
    public String type() {
        return "Add";
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
    public InitializerRole role(int input) {
        return InitializerRole.PARAMETER;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String a = out.value(node.input(0));
        String b = out.value(node.input(1));
        out.assign(node.output(0), "torch.add(" + a + ", " + b + ")");
    }
}
