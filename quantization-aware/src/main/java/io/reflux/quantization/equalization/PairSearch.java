package io.reflux.quantization.equalization;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.Layers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the pairs: a layer, what is positively homogeneous and works on each channel alone, a layer; all of it read by
 * nothing else. A Clip has bounds that are the same for all channels, so it ends the search, and so do sums of two branches.
 */
final class PairSearch {

    private static final int BIAS = 2;

    /** f(s·x) = s·f(x) for s &gt; 0, channel by channel. */
    private static final Set<String> HOMOGENEOUS = Set.of(
            "Relu", "LeakyRelu", "Identity", "Dropout", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool");

    private final ModelGraph graph;
    private final GraphLinks links;

    PairSearch(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
    }

    List<LayerPair> find() {
        List<LayerPair> pairs = new ArrayList<>();
        for (GraphNode node : graph.nodes()) {
            ownWeight(node).flatMap(weight -> pair(node, weight)).ifPresent(pairs::add);
        }
        return pairs;
    }

    private Optional<GraphTensor> ownWeight(GraphNode node) {
        return Layers.weight(graph, node).filter(weight -> links.readOnlyOnce(weight.name()));
    }

    private Optional<LayerPair> pair(GraphNode first, GraphTensor weight) {
        int axis = Layers.outputAxis(first);
        int numChannels = (int) weight.shape()[axis];
        List<ChannelSlices> shifts = new ArrayList<>();
        if (first.hasInput(BIAS) && !addShift(first.input(BIAS), numChannels, shifts)) {
            return Optional.empty();
        }
        String value = first.output(0);
        boolean flat = !first.operator().equals("Conv");
        boolean wasFlattened = false;
        while (links.readOnlyOnce(value)) {
            GraphNode reader = links.readers(value).get(0);
            boolean readsOnlyThis = reader.input(0).equals(value);
            if (reader.domain().isEmpty() && readsOnlyThis && HOMOGENEOUS.contains(reader.operator())) {
                if (reader.outputs().stream().skip(1).anyMatch(output -> !output.isEmpty())) {
                    return Optional.empty();
                }
            } else if (!flat && flattens(reader)) {
                flat = true;
                wasFlattened = true;
            } else if (!(flat
                    && !wasFlattened
                    && reader.operator().equals("Add")
                    && addShift(other(reader, value), numChannels, shifts))) {
                boolean known = readsOnlyThis && flat == !reader.operator().equals("Conv");
                ChannelSlices made = ChannelSlices.along(weight.name(), weight.shape(), axis, 1);
                return Optional.of(reader)
                        .filter(layer -> known)
                        .flatMap(layer -> inputs(layer, numChannels))
                        .map(read -> new LayerPair(first.name(), reader.name(), numChannels, made, shifts, read));
            }
            value = reader.output(0);
        }
        return Optional.empty();
    }

    /** B×C×H×W to B×C·H·W. */
    private boolean flattens(GraphNode node) {
        if (node.operator().equals("Flatten")) {
            return node.attributes().getInt("axis", 1) == 1;
        }
        return node.operator().equals("Reshape")
                && node.attributes().getInt("allowzero", 0) == 0
                && graph.constant(node.input(1))
                        .filter(shape -> Arrays.equals(shape.longs(), new long[] {0, -1}))
                        .isPresent();
    }

    /** Columns of one channel lie side by side where a feature map was flattened. */
    private Optional<ChannelSlices> inputs(GraphNode layer, int numChannels) {
        GraphTensor weight = ownWeight(layer).orElse(null);
        if (weight == null) {
            return Optional.empty();
        }
        long[] shape = weight.shape();
        if (layer.operator().equals("Conv")) {
            long groups = layer.attributes().getInt("group", 1);
            return groups * shape[1] == numChannels && shape[0] % groups == 0
                    ? Optional.of(ChannelSlices.inputsOf(weight.name(), shape, (int) groups))
                    : Optional.empty();
        }
        int axis = 1 - Layers.outputAxis(layer);
        return shape[axis] % numChannels == 0
                ? Optional.of(ChannelSlices.along(weight.name(), shape, axis, (int) shape[axis] / numChannels))
                : Optional.empty();
    }

    private static String other(GraphNode add, String value) {
        return add.input(add.input(0).equals(value) ? 1 : 0);
    }

    private boolean addShift(String constant, int numChannels, List<ChannelSlices> shifts) {
        if (!isOwn(constant)) {
            return false;
        }
        long[] shape = graph.initializers().get(constant).shape();
        if (shape.length != 1 || shape[0] != numChannels) {
            return false;
        }
        return shifts.add(ChannelSlices.along(constant, shape, 0, 1));
    }

    private boolean isOwn(String constant) {
        return graph.initializers().containsKey(constant) && links.readOnlyOnce(constant);
    }
}
