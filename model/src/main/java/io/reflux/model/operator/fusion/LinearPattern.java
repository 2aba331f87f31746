package io.reflux.model.operator.fusion;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import java.util.List;
import java.util.Optional;

/** MatMul with a matrix and Add of one number for each of its columns: a dense layer, written out. */
final class LinearPattern implements Pattern {

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        if (!last.operator().equals("Add") || !last.domain().isEmpty()) {
            return Optional.empty();
        }
        for (int side = 0; side < 2; side++) {
            String product = last.input(side);
            String bias = last.input(1 - side);
            Optional<GraphNode> matMul = links.producer(product, "MatMul");
            if (matMul.isPresent() && links.readOnly(product, 1) && fits(matMul.get(), bias, context)) {
                GraphNode fused = new GraphNode(
                        last.name(),
                        FusedLinear.TYPE,
                        Fusions.DOMAIN,
                        List.of(matMul.get().input(0), matMul.get().input(1), bias),
                        last.outputs(),
                        Attributes.NONE);
                return Optional.of(new Match(fused, List.of(matMul.get())));
            }
        }
        return Optional.empty();
    }

    private static boolean fits(GraphNode matMul, String bias, NodeContext context) {
        List<Long> weight = context.shape(matMul.input(1));
        return context.shape(matMul.input(0)).size() >= 2
                && weight.size() == 2
                && context.shape(bias).equals(weight.subList(1, 2))
                && context.type(bias).isFloatingPoint();
    }
}
