package io.reflux.model.operator;

import io.reflux.model.graph.GraphNode;
import java.util.List;

/** y = x − log Σ exp(x) along one axis (the last where none is named). */
final class LogSoftmax implements Operator {

    @Override
    public String type() {
        return "LogSoftmax";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> shape = context.shape(node.input(0));
        Shapes.axis(node.attributes().getInt("axis", -1), shape.size(), shape.size());
        return List.of(shape);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        long axis = node.attributes().getInt("axis", -1);
        out.assign(node.output(0), "torch.log_softmax(" + out.value(node.input(0)) + ", " + axis + ")");
    }
}
