package io.reflux.model.operator.indexing;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows of length depth that hold the second of {@code values} at the index and the first everywhere else. */
final class OneHot implements Operator {

    @Override
    public String type() {
        return "OneHot";
    }

    @Override
    public String limits() {
        return "constant depth";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 3, 3)
                .oneOutput()
                .expect(context.isConstant(node.input(1)), "depth", node.input(1) + " is computed", "a constant")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> y = new ArrayList<>(context.shape(node.input(0)));
        y.add(axis(node, context), depth(node, context));
        return List.of(List.copyOf(y));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(context.type(node.input(2)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        long depth = depth(node, out);
        int axis = axis(node, out);
        String indices = "torch.unsqueeze(torch.to(" + out.value(node.input(0)) + ", 4), " + axis + ")";
        List<Long> view =
                new ArrayList<>(Collections.nCopies(out.shape(node.output(0)).size(), 1L));
        view.set(axis, depth);
        String places = "torch.reshape(torch.arange(0, " + depth + ", dtype=4, device=" + out.device() + "), "
                + ScriptText.ints(view) + ")";
        String values = out.value(node.input(2));
        // Indices from -depth on count from the end; all others outside mean a row without a hit.
        String hit = "torch.logical_or(torch.eq(" + indices + ", " + places + "), torch.eq(torch.add(" + indices + ", "
                + depth + "), " + places + "))";
        out.assign(
                node.output(0),
                "torch.where(" + hit + ", torch.select(" + values + ", 0, 1), torch.select(" + values + ", 0, 0))");
    }

    private static long depth(GraphNode node, NodeContext context) {
        GraphTensor depth = context.constant(node.input(1));
        return depth.type().isFloatingPoint() ? (long) depth.floats()[0] : depth.longs()[0];
    }

    private static int axis(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size() + 1;
        return Shapes.axis(node.attributes().getInt("axis", -1), rank, rank);
    }
}
