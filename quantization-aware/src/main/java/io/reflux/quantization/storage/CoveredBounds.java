package io.reflux.quantization.storage;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.RoleOverrides;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Leaves out each Relu and Clip whose bounds QuantizeLinear has anyway: with integers that end at both bounds, clamping before
 * and behind are the same. Engines see so by themselves; in a small network the nodes take most of a percent of the file.
 */
final class CoveredBounds {

    private static final Set<String> BOUNDS = Set.of("Relu", "Clip");

    private final ModelGraph graph;
    private final GraphLinks links;
    /** What is read in the place of a bounded value. */
    private final Map<String, String> unbounded = new HashMap<>();

    private CoveredBounds(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
    }

    /** The graph without such nodes; the same graph where there is none. */
    static ModelGraph of(ModelGraph graph) {
        return new CoveredBounds(graph).without();
    }

    private ModelGraph without() {
        // From the last: what is left out behind a bound may be what kept it from its QuantizeLinear.
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            GraphNode node = graph.nodes().get(i);
            if (BOUNDS.contains(node.operator()) && node.domain().isEmpty() && isCovered(node)) {
                unbounded.put(node.output(0), node.input(0));
            }
        }
        if (unbounded.isEmpty()) {
            return graph;
        }
        List<GraphNode> nodes = graph.nodes().stream()
                .filter(node -> !unbounded.containsKey(node.output(0)))
                .map(this::rewired)
                .toList();
        ModelGraphBuilder builder = graph.toBuilder().replaceNodes(nodes);
        Set<String> read =
                nodes.stream().flatMap(node -> node.inputs().stream()).collect(Collectors.toSet());
        graph.nodes().stream()
                .filter(node -> unbounded.containsKey(node.output(0)))
                .flatMap(node -> node.inputs().stream().skip(1))
                .distinct()
                .filter(name -> graph.initializers().containsKey(name) && !read.contains(name) && !links.isOutput(name))
                .forEach(builder::removeInitializer);
        return RoleOverrides.pruned(builder.build());
    }

    private boolean isCovered(GraphNode node) {
        Optional<Float> least = bound(node, 1, node.operator().equals("Relu") ? 0 : Float.NEGATIVE_INFINITY);
        Optional<Float> most = bound(node, 2, Float.POSITIVE_INFINITY);
        List<GraphNode> readers = readers(node.output(0));
        return least.isPresent()
                && most.isPresent()
                && !links.isOutput(node.output(0))
                && !readers.isEmpty()
                && readers.stream().allMatch(reader -> covers(reader, least.get(), most.get()));
    }

    /** What reads a value, or it with bounds that are left out. */
    private List<GraphNode> readers(String value) {
        return links.readers(value).stream()
                .flatMap(reader -> value.equals(unbounded.get(reader.output(0)))
                        ? readers(reader.output(0)).stream()
                        : Stream.of(reader))
                .toList();
    }

    /** A bound, or what it is where no input gives it; empty where that is no constant. */
    private Optional<Float> bound(GraphNode clip, int input, float otherwise) {
        return clip.hasInput(input)
                ? graph.constant(clip.input(input))
                        .filter(tensor -> tensor.type().isFloatingPoint() && tensor.size() == 1)
                        .map(tensor -> tensor.floats()[0])
                : Optional.of(otherwise);
    }

    private boolean covers(GraphNode reader, float least, float most) {
        GraphTensor scale = graph.constant(reader.input(1)).orElse(null);
        GraphTensor zeroPoint = graph.constant(reader.input(2)).orElse(null);
        if (!reader.operator().equals("QuantizeLinear")
                || scale == null
                || zeroPoint == null
                || scale.size() != 1
                || scale.floats()[0] <= 0) {
            return false;
        }
        double zero = zeroPoint.longs()[0];
        return Math.rint(least / scale.floats()[0]) + zero <= zeroPoint.type().least()
                && Math.rint(most / scale.floats()[0]) + zero
                        >= zeroPoint.type().most();
    }

    private GraphNode rewired(GraphNode node) {
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.replaceAll(name -> {
            String read = name;
            while (unbounded.containsKey(read)) {
                read = unbounded.get(read);
            }
            return read;
        });
        return new GraphNode(node.name(), node.operator(), node.domain(), inputs, node.outputs(), node.attributes());
    }
}
