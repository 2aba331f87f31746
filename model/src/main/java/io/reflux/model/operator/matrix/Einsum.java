package io.reflux.model.operator.matrix;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;
import java.util.stream.Collectors;

/** Einstein's summation of any number of tensors, after an {@link Equation}. */
final class Einsum implements Operator {

    @Override
    public String type() {
        return "Einsum";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Problems problems = new Problems(node, Math.max(1, node.inputs().size()), Integer.MAX_VALUE).oneOutput();
        try {
            int terms = equation(node).terms().size();
            problems.expect(
                    terms == node.inputs().size(),
                    "equation",
                    text(node),
                    node.inputs().size() + " terms");
        } catch (ModelException e) {
            problems.expect(false, "equation", text(node), e.getMessage());
        }
        return problems.list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(equation(node)
                .outputShape(node.inputs().stream().map(context::shape).toList()));
    }

    /** One multiplication for each combination of all indices and each tensor beyond the first. */
    @Override
    public long multiplyAccumulates(GraphNode node, NodeContext context) {
        long combinations = Shapes.knownProduct(
                equation(node).sizes(node.inputs().stream().map(context::shape).toList()));
        return Shapes.times(combinations, Math.max(0, node.inputs().size() - 1));
    }

    @Override
    public InputUse use(int input) {
        return InputUse.WEIGHT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String tensors = node.inputs().stream().map(out::value).collect(Collectors.joining(", "));
        out.assign(node.output(0), "torch.einsum(\"" + equation(node).text() + "\", [" + tensors + "])");
    }

    private static Equation equation(GraphNode node) {
        return Equation.parse(text(node));
    }

    private static String text(GraphNode node) {
        return node.attributes().getString("equation", "");
    }
}
