package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tensors one after the other along an axis. */
final class Concat implements Operator {

    @Override
    public String type() {
        return "Concat";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        int inputs = Math.max(1, node.inputs().size());
        return new Problems(node, inputs, inputs)
                .oneOutput()
                .expect(node.attributes().names().contains("axis"), "axis", "absent", "an axis")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> y = new ArrayList<>(context.shape(node.input(0)));
        int axis = Shapes.axis(node.attributes().getInt("axis", 0), y.size(), y.size());
        for (String input : node.inputs().subList(1, node.inputs().size())) {
            List<Long> next = context.shape(input);
            for (int i = 0; i < y.size(); i++) {
                if (next.size() != y.size() || (i != axis && !Shapes.agree(next.get(i), y.get(i)))) {
                    throw Shapes.mismatch("shapes " + y + " and " + next, "equal but for axis " + axis);
                }
                boolean free = y.get(i) == Shapes.FREE || next.get(i) == Shapes.FREE;
                if (i == axis) {
                    y.set(i, free ? Shapes.FREE : y.get(i) + next.get(i));
                } else {
                    y.set(i, Math.max(y.get(i), next.get(i)));
                }
            }
        }
        return List.of(List.copyOf(y));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        List<SymbolicInt> elements = new ArrayList<>();
        for (String input : node.inputs()) {
            Optional<SymbolicInts> known = context.integers(input);
            if (known.isEmpty() || known.get().shape().size() != 1) {
                return Optional.empty();
            }
            elements.addAll(known.get().elements());
        }
        return elements.size() > SymbolicInts.MAX_ELEMENTS
                ? Optional.empty()
                : Optional.of(SymbolicInts.vector(elements));
    }

    @Override
    public InputUse use(int input) {
        return InputUse.CONTENT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String parts = node.inputs().stream().map(out::value).collect(Collectors.joining(", ", "[", "]"));
        out.assign(
                node.output(0), "torch.cat(" + parts + ", " + node.attributes().getInt("axis", 0) + ")");
    }
}
