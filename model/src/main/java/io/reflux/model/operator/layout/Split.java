package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Parts along an axis: of the lengths in the second input, or as many equal ones as there are outputs, of which the
 * last may be shorter.
 */
final class Split implements Operator {

    @Override
    public String type() {
        return "Split";
    }

    @Override
    public String limits() {
        return "constant lengths, or an axis of known size";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        long count = node.attributes().getInt("num_outputs", node.outputs().size());
        return new Problems(node, 1, 2)
                .expect(
                        count == node.outputs().size(),
                        "num_outputs",
                        count,
                        node.outputs().size() + ", as outputs")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        int axis = axis(node, context);
        List<List<Long>> parts = new ArrayList<>();
        for (long length : lengths(node, context)) {
            List<Long> part = new ArrayList<>(x);
            part.set(axis, length);
            parts.add(List.copyOf(part));
        }
        return parts;
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        List<Long> lengths = lengths(node, context);
        int before = (int)
                lengths.subList(0, output).stream().mapToLong(Long::longValue).sum();
        return context.integers(node.input(0))
                .filter(known -> known.shape().size() == 1)
                .map(known -> SymbolicInts.vector(
                        known.elements().subList(before, before + (int) (long) lengths.get(output))));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String parts = out.temporary();
        out.line(parts + " = torch.split_with_sizes(" + out.value(node.input(0)) + ", "
                + ScriptText.ints(lengths(node, out)) + ", " + axis(node, out) + ")");
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!node.output(i).isEmpty()) {
                out.assign(node.output(i), parts + "[" + i + "]");
            }
        }
    }

    private static int axis(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size();
        return Shapes.axis(node.attributes().getInt("axis", 0), rank, rank);
    }

    private static List<Long> lengths(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        long size = x.get(axis(node, context));
        int count = node.outputs().size();
        if (node.hasInput(1)) {
            List<Long> lengths = Integers.numbers(node, context, 1, "split");
            long sum = lengths.stream().mapToLong(Long::longValue).sum();
            if (lengths.size() != count
                    || !Shapes.agree(sum, size)
                    || lengths.stream().anyMatch(l -> l < 0)) {
                throw Shapes.mismatch("split " + lengths, count + " lengths with the sum " + size);
            }
            return lengths;
        }
        if (size == Shapes.FREE) {
            throw Shapes.mismatch("X " + x, "an axis of known size to split evenly");
        }
        long each = (size + count - 1) / count;
        List<Long> lengths = new ArrayList<>(Collections.nCopies(count - 1, each));
        lengths.add(size - each * (count - 1));
        if (lengths.get(count - 1) < 1) {
            throw Shapes.mismatch("X " + x + " in " + count + " parts", "parts that are not empty");
        }
        return lengths;
    }
}
