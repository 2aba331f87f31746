package io.reflux.model.operator.indexing;

import io.reflux.model.graph.ElementType;
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
import java.util.stream.IntStream;

/**
 * Slices along an axis, at the places that the second input names: an embedding's rows, or one element of a shape.
 * Negative places count from the end. data: A×N×B, indices: any shape I; y: A×I×B.
 */
final class Gather implements Operator {

    @Override
    public String type() {
        return "Gather";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> data = context.shape(node.input(0));
        int axis = axis(node, context);
        List<Long> y = new ArrayList<>(data.subList(0, axis));
        y.addAll(context.shape(node.input(1)));
        y.addAll(data.subList(axis + 1, data.size()));
        return List.of(List.copyOf(y));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        Optional<SymbolicInts> data = context.integers(node.input(0));
        Optional<SymbolicInts> indices = context.integers(node.input(1));
        if (data.isEmpty() || indices.isEmpty() || data.get().shape().size() != 1) {
            return Optional.empty();
        }
        List<SymbolicInt> elements = data.get().elements();
        return indices.get().map(index -> at(elements, index));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.OPERAND : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String data = out.value(node.input(0));
        int axis = axis(node, out);
        Optional<SymbolicInts> known = out.integers(node.input(1));
        if (known.isPresent() && known.get().shape().isEmpty()) {
            String place = out.integer(known.get().elements().get(0));
            out.assign(node.output(0), "torch.select(" + data + ", " + axis + ", " + place + ")");
            return;
        }
        String indices = Indices.fromFront(node, out, 1, axis);
        boolean table = axis == 0 && out.shape(node.input(0)).size() == 2;
        if (table && out.type(node.input(0)) == ElementType.FLOAT) {
            out.assign(node.output(0), "torch.embedding(" + data + ", " + indices + ")");
            return;
        }
        int rank = out.shape(node.input(1)).size();
        if (rank == 1) {
            out.assign(node.output(0), "torch.index_select(" + data + ", " + axis + ", " + indices + ")");
            return;
        }
        String rows = "torch.index_select(" + data + ", " + axis + ", torch.reshape(" + indices + ", [-1]))";
        List<SymbolicInt> sizes = IntStream.range(0, out.shape(node.output(0)).size())
                .mapToObj(i -> out.size(node.output(0), i))
                .toList();
        out.assign(node.output(0), "torch.reshape(" + rows + ", " + out.integers(sizes) + ")");
    }

    private static Optional<SymbolicInt> at(List<SymbolicInt> elements, SymbolicInt index) {
        if (!(index instanceof SymbolicInt.Literal literal)) {
            return Optional.empty();
        }
        long place = literal.value() < 0 ? literal.value() + elements.size() : literal.value();
        if (place < 0 || place >= elements.size()) {
            throw Shapes.mismatch("index " + literal.value() + " of " + elements.size() + " elements", "one of them");
        }
        return Optional.of(elements.get((int) place));
    }

    private static int axis(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size();
        return Shapes.axis(node.attributes().getInt("axis", 0), rank, rank);
    }
}
