package io.reflux.model.operator.reduction;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One number for all elements along some axes. The axes are an attribute before operator set 18 (13 for the sum) and a
 * constant input since; none = all of them, or nothing to reduce where {@code noop_with_empty_axes} is 1.
 *
 * @param type ONNX name
 * @param axesAreInputSince the operator set that made the axes an input
 * @param script TorchScript expression of {@code {x}}, the {@code {axes}} and whether to {@code {keep}} them
 * @param single the same for a set of one element, which is what remains where nothing is reduced
 * @param exact whether integers are reduced as integers; else as real numbers that are cut off at the end
 * @param operation what it does to integers that are known before the graph runs; null = nothing
 */
record Reduce(
        String type,
        int axesAreInputSince,
        String script,
        String single,
        boolean exact,
        @Nullable Operation operation) implements Operator {

    @Override
    public String limits() {
        return "constant axes";
    }

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

    /** Known where all axes of a tensor of known integers are reduced, as the product of a shape is. */
    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        Optional<SymbolicInts> known = context.integers(node.input(0));
        if (operation == null || known.isEmpty() || known.get().elements().isEmpty()) {
            return Optional.empty();
        }
        if (axes(node, context).size() < known.get().shape().size()) {
            return Optional.empty();
        }
        List<Long> shape = outputShapes(node, context).get(0);
        return known.get().elements().stream()
                .map(Optional::of)
                .reduce((a, b) -> a.flatMap(x -> b.flatMap(y -> SymbolicInt.of(operation, x, y))))
                .orElseThrow()
                .map(result -> new SymbolicInts(shape, List.of(result)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        List<Integer> axes = axes(node, out);
        ElementType elements = out.type(node.input(0));
        boolean real = elements.isFloatingPoint();
        String value = out.value(node.input(0));
        String x = real || exact ? value : "torch.to(" + value + ", " + ScriptText.type(ElementType.DOUBLE) + ")";
        if (axes.isEmpty()) {
            out.assign(node.output(0), typed(single.replace("{x}", x), elements));
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
        String reduced = expression
                .replace("{x}", x)
                .replace("{axes}", ScriptText.ints(list))
                .replace("{keep}", ScriptText.bool(keep(node)));
        out.assign(node.output(0), typed(reduced, elements));
    }

    /** libtorch adds up small integers as INT64; ONNX keeps the type. */
    private static String typed(String value, ElementType type) {
        return type.isFloatingPoint() ? value : "torch.to(" + value + ", " + ScriptText.type(type) + ")";
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
