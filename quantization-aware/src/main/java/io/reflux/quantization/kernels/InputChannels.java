package io.reflux.quantization.kernels;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Fills up the channels of images to a multiple of four, which ONNX Runtime's kernel without im2col wants: the first is read again,
 * with weights of 0. On a ResNet-8 the first convolution takes 359 µs in the place of 623 for 32 samples, and what gathers the
 * channels 15.
 */
final class InputChannels {

    private static final int MULTIPLE = 4;

    /** That kernel is for so many outputs and more, a multiple of four; with 8 or 12 nothing was gained. */
    private static final int LEAST_OUTPUTS = 16;

    /**
     * Taps times the factor on the channels that pay. Measured for 1 to 9 channels, 16 to 128 outputs, 1 and 16 samples: up to
     * 66 the layer took 0.39 to 0.95 of its time, beyond (one channel and 5×5 or 7×7 taps, two or five and 7×7) 0.87 to 1.26.
     */
    private static final int MOST_TAPS = 66;

    /** Fewer bits than these values need are packed by their levels, of which 0 would be one more. */
    private static final int MOST_LEVELS_PACKED = 16;

    private final ModelGraph graph;
    private final GraphLinks links;
    private final FreshNames names;
    private final ModelGraphBuilder builder;
    private final List<GraphNode> nodes = new ArrayList<>();
    /** Pairs' ends, which other layers may read still. */
    private final Set<GraphNode> replaced = new HashSet<>();

    private InputChannels(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.names = FreshNames.of(graph);
        this.builder = graph.toBuilder();
    }

    /** The graph with such channels filled up; the same graph where there are none. */
    static ModelGraph of(ModelGraph graph) {
        return new InputChannels(graph).filled();
    }

    private ModelGraph filled() {
        for (GraphNode node : graph.nodes()) {
            IntegerConvolution layer = IntegerConvolution.of(graph, links, node)
                    .filter(this::readsImages)
                    .filter(InputChannels::pays)
                    .orElse(null);
            if (layer == null) {
                nodes.add(node);
            } else {
                fill(layer);
            }
        }
        if (replaced.isEmpty()) {
            return graph;
        }
        Set<String> read =
                nodes.stream().flatMap(node -> node.inputs().stream()).collect(Collectors.toSet());
        nodes.removeIf(
                node -> replaced.contains(node) && !read.contains(node.output(0)) && !links.isOutput(node.output(0)));
        return builder.replaceNodes(nodes).build();
    }

    private boolean readsImages(IntegerConvolution layer) {
        return links.producer(layer.input().input(0))
                .filter(quantize -> quantize.operator().equals("QuantizeLinear")
                        && graph.inputs().stream()
                                .anyMatch(input -> input.name().equals(quantize.input(0))))
                .isPresent();
    }

    private static boolean pays(IntegerConvolution layer) {
        long[] shape = layer.weight().shape();
        long taps = layer.weight().size() / (shape[0] * shape[1]);
        return layer.group() == 1
                && shape[1] % MULTIPLE != 0
                && shape[0] >= LEAST_OUTPUTS
                && shape[0] % MULTIPLE == 0
                && taps * filled(shape[1]) <= MOST_TAPS * shape[1]
                && canHoldZeros(layer.weight().longs());
    }

    /** Whether weights with zeros beside them are packed as those without. */
    static boolean canHoldZeros(long[] codes) {
        long least = Arrays.stream(codes).min().orElse(0);
        long most = Arrays.stream(codes).max().orElse(0);
        return most - least >= MOST_LEVELS_PACKED || Arrays.stream(codes).anyMatch(code -> code == 0);
    }

    private static long filled(long channels) {
        return (channels + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    }

    private void fill(IntegerConvolution layer) {
        GraphTensor weight = layer.weight();
        int channels = (int) weight.shape()[1];
        int filled = (int) filled(channels);
        builder.initializer(widened(weight, filled));
        long[] order = new long[filled];
        for (int i = 0; i < channels; i++) {
            order[i] = i;
        }
        String indices = names.numbered("u");
        builder.initializer(GraphTensor.of(indices, new long[] {filled}, order));
        GraphNode input = layer.input();
        String integers = names.numbered("q");
        String floats = names.numbered("d");
        nodes.add(new GraphNode(
                integers,
                "Gather",
                "",
                List.of(input.input(0), indices),
                List.of(integers),
                Attributes.NONE.withInt("axis", 1)));
        List<String> inputs = new ArrayList<>(input.inputs());
        inputs.set(0, integers);
        nodes.add(new GraphNode(floats, input.operator(), "", inputs, List.of(floats), input.attributes()));
        nodes.add(layer.with(floats, layer.node().attributes()));
        replaced.add(input);
    }

    /** A weight for more inputs, with zeros for those that are added. */
    static GraphTensor widened(GraphTensor weight, int inputs) {
        long[] from = weight.longs();
        long[] shape = weight.shape();
        int taps = (int) (from.length / (shape[0] * shape[1]));
        int row = (int) shape[1] * taps;
        long[] to = new long[(int) shape[0] * inputs * taps];
        for (int output = 0; output < shape[0]; output++) {
            System.arraycopy(from, output * row, to, output * inputs * taps, row);
        }
        shape[1] = inputs;
        return GraphTensor.of(weight.name(), weight.type(), shape, to);
    }
}
