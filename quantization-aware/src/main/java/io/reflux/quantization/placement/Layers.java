package io.reflux.quantization.placement;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.qparams.Granularity;
import java.util.Arrays;
import java.util.Optional;

/** Layers with constant weights, in the forms that run in integers. */
public final class Layers {

    /** Where Conv, Gemm and MatMul have their weight. */
    public static final int WEIGHT = 1;

    private Layers() {}

    /** The weight of a layer that could be quantised; empty for all other nodes. */
    public static Optional<GraphTensor> weight(ModelGraph graph, GraphNode node) {
        if (!node.domain().isEmpty() || !isLayer(node)) {
            return Optional.empty();
        }
        int leastRank = node.operator().equals("Conv") ? 3 : 2;
        int mostRank = node.operator().equals("Conv") ? 5 : 2;
        return Optional.ofNullable(graph.initializers().get(node.input(WEIGHT)))
                .filter(weight -> weight.type() == ElementType.FLOAT
                        && weight.size() > 0
                        && weight.shape().length >= leastRank
                        && weight.shape().length <= mostRank);
    }

    /** Whether a node is a layer whose weight is a constant, or one that is quantised already. */
    public static boolean isQuantizable(ModelGraph graph, GraphLinks links, GraphNode node) {
        boolean quantized = links.producer(node.input(WEIGHT))
                .filter(producer -> producer.operator().equals("DequantizeLinear"))
                .isPresent();
        return weight(graph, node).isPresent() || node.domain().isEmpty() && isLayer(node) && quantized;
    }

    private static boolean isLayer(GraphNode node) {
        return switch (node.operator()) {
            case "Conv", "MatMul" -> true;
            case "Gemm" ->
                node.attributes().getFloat("alpha", 1) == 1
                        && (!node.hasInput(2) || node.attributes().getFloat("beta", 1) == 1)
                        && node.attributes().getInt("transA", 0) == 0;
            default -> false;
        };
    }

    /** The axis of a layer's weight that its outputs lie along. */
    public static int outputAxis(GraphNode layer) {
        return switch (layer.operator()) {
            case "Conv" -> 0;
            case "Gemm" -> layer.attributes().getInt("transB", 0) != 0 ? 0 : 1;
            default -> 1;
        };
    }

    /** A node's attributes, with a kernel's sizes, which may be left out only where they are a constant's. */
    public static Attributes attributes(ModelGraph graph, GraphNode node) {
        GraphTensor weight = weight(graph, node).orElse(null);
        if (weight == null || !node.operator().equals("Conv")) {
            return node.attributes();
        }
        long[] shape = weight.shape();
        return node.attributes().withInts("kernel_shape", Arrays.copyOfRange(shape, 2, shape.length));
    }

    /** A scale for each output. */
    public static Granularity perOutput(GraphNode layer) {
        return new Granularity.PerAxis(outputAxis(layer));
    }
}
