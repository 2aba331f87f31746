package io.reflux.model.operator.convolution;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** The sizes of a convolution's kernel, which its weight has and an attribute may repeat. */
final class KernelSizes {

    private KernelSizes() {}

    /** Axes of the kernel, before shapes are known: those of a constant weight, else of the attribute. */
    static int rank(GraphNode node, NodeContext context) {
        return context.isConstant(node.input(1))
                ? context.constant(node.input(1)).shape().length - 2
                : node.attributes().getInts("kernel_shape", List.of()).size();
    }

    /** @throws io.reflux.model.graph.ModelException if X and weight are of different rank, or the attribute differs */
    static void check(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> weight = context.shape(node.input(1));
        Shapes.requireRank("weight", weight, 3, 5);
        Shapes.requireRank("X", x, weight.size(), weight.size());
        List<Long> kernel = weight.subList(2, weight.size());
        List<Long> declared = node.attributes().getInts("kernel_shape", kernel);
        if (!declared.equals(kernel)) {
            throw Shapes.mismatch("kernel_shape " + declared, kernel + " as in weight " + weight);
        }
    }
}
