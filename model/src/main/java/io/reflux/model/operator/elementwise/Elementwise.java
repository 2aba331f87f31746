package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import java.util.List;

/**
 * An operator of each element by itself.
 *
 * @param type ONNX name
 * @param function TorchScript function of the tensor
 * @param since the first operator set that has it
 */
record Elementwise(String type, String function, int since) implements Operator {

    Elementwise(String type, String function) {
        this(type, function, ModelGraph.MIN_OPSET);
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
    public InputUse use(int input) {
        return InputUse.OPERAND;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(node.output(0), function + "(" + out.value(node.input(0)) + ")");
    }
}
