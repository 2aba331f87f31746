package io.reflux.model.operator.indexing;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import java.util.ArrayList;
import java.util.List;

/**
 * Slices of data at tuples of indices. data: batch axes, then axes that the tuples (the last axis of indices, of known
 * length) index, then what is kept.
 */
final class GatherND implements Operator {

    @Override
    public String type() {
        return "GatherND";
    }

    @Override
    public String limits() {
        return "tuples of known length; sizes known where batch_dims is not 0";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2)
                .oneOutput()
                .expect(batch(node) >= 0, "batch_dims", batch(node), ">= 0")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> data = context.shape(node.input(0));
        List<Long> indices = context.shape(node.input(1));
        long length = Tuples.length(indices, data, batch(node));
        List<Long> y = new ArrayList<>(indices.subList(0, indices.size() - 1));
        y.addAll(data.subList(batch(node) + (int) length, data.size()));
        return List.of(List.copyOf(y));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.OPERAND : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                "torch.index(" + out.value(node.input(0)) + ", " + Tuples.columns(node, out, batch(node)) + ")");
    }

    private static int batch(GraphNode node) {
        return (int) node.attributes().getInt("batch_dims", 0);
    }
}
