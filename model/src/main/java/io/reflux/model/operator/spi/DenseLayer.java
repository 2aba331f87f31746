package io.reflux.model.operator.spi;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import java.util.List;
import java.util.Optional;

/**
 * y = activation(x · W + bias), with a weight of rank 2. Shapes: x …×K, y …×N.
 *
 * @param x name of x in the graph
 * @param weight name of the weight: K×N, or N×K with {@code outputsFirst}
 * @param outputsFirst whether the weight is stored transposed
 * @param bias name of the bias, N; "" = none
 * @param activation what is applied last
 */
public record DenseLayer(String x, String weight, boolean outputsFirst, String bias, Activation activation) {

    /** The layer that a Gemm, a MatMul or a fused node is, if it is one. */
    public static Optional<DenseLayer> of(GraphNode node, NodeContext context) {
        DenseLayer layer = new DenseLayer(
                node.input(0),
                node.input(1),
                node.attributes().getInt("transB", 0) != 0,
                node.input(2),
                Activation.of(node.attributes()));
        return switch (node.operator()) {
            case "Gemm" -> Optional.of(layer).filter(gemm -> isPlain(node.attributes(), gemm, context));
            case "MatMul" -> Optional.of(layer).filter(product -> isWeight(product, context));
            default -> Optional.empty();
        };
    }

    /** Whether alpha, beta and A's transposition change nothing, and C is one number for each column. */
    private static boolean isPlain(Attributes attributes, DenseLayer layer, NodeContext context) {
        boolean biased = !layer.bias.isEmpty();
        return attributes.getFloat("alpha", 1) == 1
                && attributes.getInt("transA", 0) == 0
                && (biased
                        ? attributes.getFloat("beta", 1) == 1
                                && context.shape(layer.bias).equals(List.of(layer.outputs(context)))
                        : layer.outputsFirst);
    }

    private static boolean isWeight(DenseLayer layer, NodeContext context) {
        return context.isConstant(layer.weight)
                && context.shape(layer.weight).size() == 2
                && context.shape(layer.x).size() >= 2;
    }

    /** N. */
    public long outputs(NodeContext context) {
        return context.shape(weight).get(outputsFirst ? 0 : 1);
    }

    /** A script expression: the weight as N×K. */
    public String outputsFirst(String weightExpression) {
        return outputsFirst ? weightExpression : "torch.t(" + weightExpression + ")";
    }
}
