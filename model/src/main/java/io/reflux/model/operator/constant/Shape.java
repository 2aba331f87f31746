package io.reflux.model.operator.constant;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The sizes of the axes from {@code start} to before {@code end} as a vector; never computed when the graph runs. */
final class Shape implements Operator {

    @Override
    public String type() {
        return "Shape";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(List.of((long) Math.max(0, end(node, context) - start(node, context))));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(ElementType.INT64);
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return Optional.of(SymbolicInts.vector(IntStream.range(start(node, context), end(node, context))
                .mapToObj(axis -> context.size(node.input(0), axis))
                .toList()));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        throw new IllegalStateException(node.label() + ": known beforehand, so never emitted");
    }

    private static int start(GraphNode node, NodeContext context) {
        return clamped(
                node.attributes().getInt("start", 0),
                context.shape(node.input(0)).size());
    }

    private static int end(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size();
        return clamped(node.attributes().getInt("end", rank), rank);
    }

    private static int clamped(long axis, int rank) {
        return (int) Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
    }
}
