package io.reflux.model.operator.spi;

import io.reflux.model.graph.GraphNode;
import java.util.List;

/**
 * y = activation(convolution(x, W) + bias). Shapes: x B×C×…, W D×(C/group)×kernel, y B×D×….
 *
 * @param x name of x in the graph
 * @param weight name of the weight
 * @param bias name of the bias, D; "" = none
 * @param window kernel, strides, dilations and padding
 * @param group number of groups
 * @param activation what is applied last
 */
public record ConvolutionLayer(String x, String weight, String bias, Window window, long group, Activation activation) {

    /** The layer that a Conv is, fused or not. */
    public static ConvolutionLayer of(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> weight = context.shape(node.input(1));
        return new ConvolutionLayer(
                node.input(0),
                node.input(1),
                node.input(2),
                Window.of(node, weight.subList(2, weight.size()), x.subList(2, x.size())),
                node.attributes().getInt("group", 1),
                Activation.of(node.attributes()));
    }

    /** Number of spatial axes. */
    public int rank() {
        return window.kernel().size();
    }
}
