package io.reflux.model.operator.indexing;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import java.util.List;
import java.util.Set;

/**
 * Data with slices replaced at tuples of indices, or added to. Tuples are the last axis of
 * indices, of known length; updates: the other axes of indices, then the axes of data that the tuples do not index.
 */
final class ScatterND implements Operator {

    @Override
    public String type() {
        return "ScatterND";
    }

    @Override
    public String limits() {
        return "reduction none or add; tuples of known length";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        String reduction = reduction(node);
        return new Problems(node, 3, 3)
                .oneOutput()
                .expect(Set.of("none", "add").contains(reduction), "reduction", reduction, "none or add")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> data = context.shape(node.input(0));
        Tuples.length(context.shape(node.input(1)), data, 0);
        return List.of(data);
    }

    @Override
    public InputUse use(int input) {
        return input == 1 ? InputUse.SETTING : InputUse.CONTENT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                "torch.index_put(" + out.value(node.input(0)) + ", " + Tuples.columns(node, out, 0) + ", "
                        + out.value(node.input(2)) + ", "
                        + ScriptText.bool(reduction(node).equals("add")) + ")");
    }

    private static String reduction(GraphNode node) {
        return node.attributes().getString("reduction", "none");
    }
}
