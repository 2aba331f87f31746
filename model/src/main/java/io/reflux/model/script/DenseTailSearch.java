package io.reflux.model.script;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.spi.DenseLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a {@link DenseTail}, from the end of a graph to the first value that has several readers or is made of several
 * values.
 */
final class DenseTailSearch {

    private static final int MATRIX = 2;

    private final GraphContext context;
    private final List<String> parameters;
    private final Map<String, GraphNode> producers = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();

    /**
     * @param nodes the nodes that will run
     * @param parameters names of what trains, in the order of the script's list
     */
    DenseTailSearch(GraphContext context, List<GraphNode> nodes, List<String> parameters) {
        this.context = context;
        this.parameters = parameters;
        for (GraphNode node : nodes) {
            node.outputs().forEach(output -> producers.put(output, node));
            node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
        }
    }

    DenseTail find() {
        if (context.graph().outputs().size() != 1) {
            return DenseTail.NONE;
        }
        List<DenseTail.Layer> layers = new ArrayList<>();
        List<List<Integer>> pieces = new ArrayList<>();
        List<Integer> piece = new ArrayList<>();
        List<Integer> placed = new ArrayList<>();
        String value = context.graph().outputs().get(0).name();
        int behind = 0;
        while (readers.getOrDefault(value, 0) == behind && isLink(producers.get(value))) {
            GraphNode node = producers.get(value);
            Optional<DenseTail.Layer> layer = layer(node);
            if (layer.isPresent()) {
                layers.add(0, layer.get());
                pieces.add(0, piece);
                piece = new ArrayList<>();
            } else {
                piece.addAll(parameters(node));
            }
            placed.addAll(parameters(node));
            value = open(node).get(0);
            behind = 1;
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (!placed.contains(i)) {
                piece.add(i);
            }
        }
        pieces.add(0, piece);
        return layers.isEmpty() ? DenseTail.NONE : new DenseTail(layers, pieces);
    }

    /** Whether a node makes its one value of one other, with parameters that nothing else reads. */
    private boolean isLink(@Nullable GraphNode node) {
        return node != null
                && node.outputs().stream().filter(output -> !output.isEmpty()).count() == 1
                && open(node).size() == 1
                && node.inputs().stream()
                        .filter(parameters::contains)
                        .allMatch(parameter -> readers.getOrDefault(parameter, 0) == 1);
    }

    private Optional<DenseTail.Layer> layer(GraphNode node) {
        return DenseLayer.of(node, context)
                .filter(dense -> context.shape(dense.x()).size() == MATRIX
                        && context.type(dense.x()) == ElementType.FLOAT
                        && DenseKernels.isLarge(dense, context)
                        && parameters.contains(dense.weight())
                        && (dense.bias().isEmpty() || parameters.contains(dense.bias())))
                .map(dense -> new DenseTail.Layer(
                        parameters.indexOf(dense.weight()), parameters.indexOf(dense.bias()), dense.outputsFirst()));
    }

    private List<Integer> parameters(GraphNode node) {
        return node.inputs().stream()
                .filter(parameters::contains)
                .map(parameters::indexOf)
                .toList();
    }

    /** What a node reads that is not known before the graph runs. */
    private List<String> open(GraphNode node) {
        return node.inputs().stream()
                .filter(input -> !input.isEmpty()
                        && !context.isConstant(input)
                        && context.integers(input).isEmpty())
                .toList();
    }
}
