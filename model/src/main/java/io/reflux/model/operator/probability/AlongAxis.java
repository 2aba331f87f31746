package io.reflux.model.operator.probability;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/**
 * An operator that keeps the shape and works along one axis, the last where none is named.
 *
 * @param type ONNX name
 * @param function TorchScript function of the tensor and the axis
 */
record AlongAxis(String type, String function) implements Operator {

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> shape = context.shape(node.input(0));
        Shapes.axis(axis(node), shape.size(), shape.size());
        return List.of(shape);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(node.output(0), function + "(" + out.value(node.input(0)) + ", " + axis(node) + ")");
    }

    private static long axis(GraphNode node) {
        return node.attributes().getInt("axis", -1);
    }
}
