package io.reflux.model.operator.control;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.ScriptEmitter;
import java.util.List;

/**
 * One of two sub-graphs. The condition must be known before the graph runs; the branch it chooses then stands in the
 * graph in place of the node.
 */
final class If implements Operator {

    @Override
    public String type() {
        return "If";
    }

    @Override
    public String limits() {
        return "a condition known from shapes and constants";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        // A node that is still there was not replaced by its branch.
        return List.of("condition: " + node.input(0) + " is computed (expected: known from shapes and constants)");
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        throw new IllegalStateException(node.label() + ": replaced by its branch");
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        throw new IllegalStateException(node.label() + ": replaced by its branch");
    }
}
