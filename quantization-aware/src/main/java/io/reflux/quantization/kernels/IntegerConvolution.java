package io.reflux.quantization.kernels;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A convolution of unsigned integers with stored ones around 0, whose weight nothing else reads.
 *
 * @param node the Conv
 * @param input the DequantizeLinear of what it reads
 * @param weight 8-bit integers, outputs × inputs / group × taps of each axis
 */
record IntegerConvolution(GraphNode node, GraphNode input, GraphTensor weight) {

    /** What a node is, if it is one. */
    static Optional<IntegerConvolution> of(ModelGraph graph, GraphLinks links, GraphNode node) {
        if (!node.operator().equals("Conv")
                || !node.domain().isEmpty()
                || !node.attributes().getString("auto_pad", "NOTSET").equals("NOTSET")) {
            return Optional.empty();
        }
        Optional<GraphNode> input = dequantize(links, node.input(0))
                .filter(found -> graph.constant(found.input(2))
                        .filter(zeroPoint -> zeroPoint.type() == ElementType.UINT8)
                        .isPresent());
        Optional<GraphTensor> weight = dequantize(links, node.input(1))
                .filter(found -> links.readOnlyOnce(found.output(0)) && links.readOnlyOnce(found.input(0)))
                .filter(found -> isSymmetric(graph, found))
                .map(found -> graph.initializers().get(found.input(0)))
                .filter(tensor -> tensor.type() == ElementType.INT8);
        return input.isPresent() && weight.isPresent()
                ? Optional.of(new IntegerConvolution(node, input.get(), weight.get()))
                : Optional.empty();
    }

    private static Optional<GraphNode> dequantize(GraphLinks links, String value) {
        return links.producer(value)
                .filter(producer -> producer.operator().equals("DequantizeLinear")
                        && producer.domain().isEmpty());
    }

    /** Whether the integer 0 stands for the number 0. */
    private static boolean isSymmetric(ModelGraph graph, GraphNode dequantize) {
        return !dequantize.hasInput(2)
                || graph.constant(dequantize.input(2))
                        .filter(zeroPoint -> Arrays.stream(zeroPoint.longs()).allMatch(zero -> zero == 0))
                        .isPresent();
    }

    /** Axes that the taps lie along. */
    int axes() {
        return weight.shape().length - 2;
    }

    long group() {
        return node.attributes().getInt("group", 1);
    }

    long stride(int axis) {
        return perAxis("strides").get(axis);
    }

    long dilation(int axis) {
        return perAxis("dilations").get(axis);
    }

    private List<Long> perAxis(String attribute) {
        return node.attributes().getInts(attribute, Collections.nCopies(axes(), 1L));
    }

    /** Padding before all axes, then behind them. */
    List<Long> pads() {
        return node.attributes().getInts("pads", Collections.nCopies(2 * axes(), 0L));
    }

    /** The node, reading something else, with other attributes. */
    GraphNode with(String inputName, Attributes attributes) {
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, inputName);
        return new GraphNode(node.name(), node.operator(), node.domain(), inputs, node.outputs(), attributes);
    }
}
