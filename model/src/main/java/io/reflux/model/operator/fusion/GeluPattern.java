package io.reflux.model.operator.fusion;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gelu written out: ½ · x · (1 + erf(x / √2)), or ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))), multiplied in any
 * order (Hendrycks & Gimpel 2016, arXiv:1606.08415).
 */
final class GeluPattern implements Pattern {

    private static final double CUBIC = 0.044715;

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        if (!last.operator().equals("Mul") || !last.domain().isEmpty()) {
            return Optional.empty();
        }
        return Product.of(last, links, context)
                .filter(product ->
                        Numbers.about(product.factor(), 0.5) && product.values().size() == 2)
                .flatMap(product ->
                        match(last, product, 0, links, context).or(() -> match(last, product, 1, links, context)));
    }

    private static Optional<Match> match(GraphNode last, Product product, int side, Links links, NodeContext context) {
        String x = product.values().get(side);
        String sum = product.values().get(1 - side);
        List<GraphNode> nodes = new ArrayList<>(product.nodes());
        nodes.remove(last);
        Optional<String> curve = onePlus(sum, links, context, nodes);
        return curve.filter(value -> context.shape(last.output(0)).equals(context.shape(x)))
                .flatMap(value -> form(value, x, links, context, nodes))
                .map(form -> new Match(
                        new GraphNode(
                                last.name(),
                                FusedGelu.TYPE,
                                Fusions.DOMAIN,
                                List.of(x),
                                last.outputs(),
                                Attributes.NONE.withString("approximate", form)),
                        nodes));
    }

    /** What 1 is added to. */
    private static Optional<String> onePlus(String sum, Links links, NodeContext context, List<GraphNode> nodes) {
        Optional<GraphNode> add = links.producer(sum, "Add").filter(node -> links.readOnly(sum, 1));
        for (int side = 0; side < 2 && add.isPresent(); side++) {
            var number = Numbers.of(add.get().input(side), context);
            if (number.isPresent() && number.getAsDouble() == 1) {
                nodes.add(add.get());
                return Optional.of(add.get().input(1 - side));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> form(
            String curve, String x, Links links, NodeContext context, List<GraphNode> nodes) {
        if (!links.readOnly(curve, 1)) {
            return Optional.empty();
        }
        Optional<GraphNode> erf = links.producer(curve, "Erf");
        Optional<GraphNode> tanh = links.producer(curve, "Tanh");
        if (erf.isEmpty() && tanh.isEmpty()) {
            return Optional.empty();
        }
        GraphNode function = erf.or(() -> tanh).orElseThrow();
        Product inner = Product.of(function.input(0), links, context);
        nodes.add(function);
        nodes.addAll(inner.nodes());
        if (inner.values().size() != 1) {
            return Optional.empty();
        }
        String argument = inner.values().get(0);
        if (erf.isPresent()) {
            return argument.equals(x) && Numbers.about(inner.factor(), Math.sqrt(0.5))
                    ? Optional.of("none")
                    : Optional.empty();
        }
        return Numbers.about(inner.factor(), Math.sqrt(2 / Math.PI)) && cubic(argument, x, links, context, nodes)
                ? Optional.of("tanh")
                : Optional.empty();
    }

    /** Whether a value is x + 0.044715 · x³. */
    private static boolean cubic(String value, String x, Links links, NodeContext context, List<GraphNode> nodes) {
        Optional<GraphNode> add = links.producer(value, "Add").filter(node -> links.readOnly(value, 1));
        for (int side = 0; side < 2 && add.isPresent(); side++) {
            Product cube = Product.of(add.get().input(1 - side), links, context);
            if (add.get().input(side).equals(x)
                    && Numbers.about(cube.factor(), CUBIC)
                    && cube.values().equals(List.of(x, x, x))) {
                nodes.add(add.get());
                nodes.addAll(cube.nodes());
                return true;
            }
        }
        return false;
    }
}
