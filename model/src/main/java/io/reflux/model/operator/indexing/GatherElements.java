package io.reflux.model.operator.indexing;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** One element of data for each index: the index stands for its own place along one axis. */
final class GatherElements implements Operator {

    @Override
    public String type() {
        return "GatherElements";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> data = context.shape(node.input(0));
        List<Long> indices = context.shape(node.input(1));
        Shapes.requireRank("indices", indices, data.size(), data.size());
        return List.of(indices);
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.OPERAND : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        int rank = out.shape(node.input(0)).size();
        int axis = Shapes.axis(node.attributes().getInt("axis", 0), rank, rank);
        out.assign(
                node.output(0),
                "torch.gather(" + out.value(node.input(0)) + ", " + axis + ", " + Indices.fromFront(node, out, 1, axis)
                        + ")");
    }
}
