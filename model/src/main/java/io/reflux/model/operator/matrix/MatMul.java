package io.reflux.model.operator.matrix;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.DenseLayer;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.List;

/** Y = A · B as NumPy's matmul: …×M×K times …×K×N gives …×M×N, leading dimensions broadcast; vectors drop theirs. */
final class MatMul implements Operator {

    @Override
    public String type() {
        return "MatMul";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> a = context.shape(node.input(0));
        List<Long> b = context.shape(node.input(1));
        Shapes.requireRank("A", a, 1, Integer.MAX_VALUE);
        Shapes.requireRank("B", b, 1, Integer.MAX_VALUE);
        long columns = a.get(a.size() - 1);
        long rows = b.get(Math.max(0, b.size() - 2));
        if (!Shapes.agree(columns, rows)) {
            throw Shapes.mismatch("A " + a + " and B " + b, "as many columns in A as rows in B");
        }
        List<Long> y = new ArrayList<>(Shapes.broadcast(leading(a), leading(b)));
        if (a.size() > 1) {
            y.add(a.get(a.size() - 2));
        }
        if (b.size() > 1) {
            y.add(b.get(b.size() - 1));
        }
        return List.of(List.copyOf(y));
    }

    @Override
    public long multiplyAccumulates(GraphNode node, NodeContext context) {
        List<Long> a = context.shape(node.input(0));
        List<Long> inner = a.subList(a.size() - 1, a.size());
        return Shapes.times(Shapes.knownProduct(outputShapes(node, context).get(0)), Shapes.knownProduct(inner));
    }

    @Override
    public InputUse use(int input) {
        return InputUse.WEIGHT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                DenseLayer.of(node, out)
                        .map(out::linear)
                        .orElseGet(() ->
                                "torch.matmul(" + out.value(node.input(0)) + ", " + out.value(node.input(1)) + ")"));
    }

    private static List<Long> leading(List<Long> shape) {
        return shape.subList(0, Math.max(0, shape.size() - 2));
    }
}
