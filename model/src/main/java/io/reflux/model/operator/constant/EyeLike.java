package io.reflux.model.operator.constant;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import java.util.List;

/** Ones on a diagonal, k places above the main one, and zeros elsewhere; of the input's shape, a matrix. */
final class EyeLike implements Operator {

    @Override
    public String type() {
        return "EyeLike";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Problems problems = new Problems(node, 1, 1).oneOutput();
        if (node.attributes().names().contains("dtype")) {
            int code = (int) node.attributes().getInt("dtype", 0);
            problems.expect(
                    ElementType.of(code).filter(ElementType::isComputed).isPresent(),
                    "dtype",
                    ElementType.onnxName(code),
                    "one of " + ElementType.names(ElementType::isComputed));
        }
        return problems.list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.requireRank("X", x, 2, 2);
        return List.of(x);
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        ElementType same = context.type(node.input(0));
        return List.of(
                ElementType.of((int) node.attributes().getInt("dtype", 0)).orElse(same));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String rows = range(out, out.size(node.input(0), 0));
        String columns = range(out, out.size(node.input(0), 1));
        long k = node.attributes().getInt("k", 0);
        out.assign(
                node.output(0),
                "torch.to(torch.eq(torch.sub(" + columns + ", " + k + "), torch.unsqueeze(" + rows + ", 1)), "
                        + ScriptText.type(outputTypes(node, out).get(0)) + ")");
    }

    private static String range(ScriptEmitter out, SymbolicInt size) {
        return "torch.arange(0, " + out.integer(size) + ", dtype=4, device=" + out.device() + ")";
    }
}
