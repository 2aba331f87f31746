package io.reflux.model.operator.reduction;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * One number for all elements along some axes. The axes are an attribute before operator set 18 (13 for the sum) and a
 * constant input since; none = all of them, or nothing to reduce where {@code noop_with_empty_axes} is 1.
 *
 * @param type ONNX name
 * @param axesAreInputSince the operator set that made the axes an input
 * @param script TorchScript expression of {@code {x}}, the {@code {axes}} and whether to {@code {keep}} them
 * @param single the same for a set of one element, which is what remains where nothing is reduced
 */
record Reduce(String type, int axesAreInputSince, String script, String single) implements Operator {

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        boolean input = context.opset() >= axesAreInputSince;
        Problems problems = new Problems(node, 1, input ? 2 : 1).oneOutput();
        if (input && node.hasInput(1)) {
            problems.expect(context.isConstant(node.input(1)), "axes", node.input(1) + " is computed", "a constant");
        }
        return problems.list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Integer> axes = axes(node, context);
        boolean keep = keep(node);
        List<Long> y = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            if (!axes.contains(i)) {
                y.add(x.get(i));
            } else if (keep) {
                y.add(1L);
            }
        }
        return List.of(List.copyOf(y));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        List<Integer> axes = axes(node, out);
        String x = out.value(node.input(0));
        if (axes.isEmpty()) {
            out.assign(node.output(0), single.replace("{x}", x));
            return;
        }
        String expression = script;
        if (script.contains("{axis}")) {
            // One axis at a time, from the last, so that those before it keep their numbers.
            expression = "{x}";
            for (int i = axes.size() - 1; i >= 0; i--) {
                expression = script.replace("{x}", expression).replace("{axis}", String.valueOf(axes.get(i)));
            }
        }
        long[] list = axes.stream().mapToLong(Integer::longValue).toArray();
        out.assign(
                node.output(0),
                expression
                        .replace("{x}", x)
                        .replace("{axes}", ScriptText.ints(list))
                        .replace("{keep}", ScriptText.bool(keep(node))));
    }

    private static boolean keep(GraphNode node) {
        return node.attributes().getInt("keepdims", 1) != 0;
    }

    /** The axes that are reduced, ascending and counted from the front. */
    private List<Integer> axes(GraphNode node, NodeContext context) {
        List<Long> given = List.of();
        if (context.opset() < axesAreInputSince) {
            given = node.attributes().getInts("axes", List.of());
        } else if (node.hasInput(1)) {
            given = Arrays.stream(context.constant(node.input(1)).longs())
                    .boxed()
                    .toList();
        }
        int rank = context.shape(node.input(0)).size();
        if (given.isEmpty()) {
            boolean noop =
                    context.opset() >= axesAreInputSince && node.attributes().getInt("noop_with_empty_axes", 0) != 0;
            return noop ? List.of() : IntStream.range(0, rank).boxed().toList();
        }
        TreeSet<Integer> axes = new TreeSet<>();
        given.forEach(axis -> axes.add(Shapes.axis(axis, rank, rank)));
        return List.copyOf(axes);
    }
}
