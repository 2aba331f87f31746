package io.reflux.model.operator.fusion;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One of two {@link FakeQuantize} with the same scale, between which nothing makes new numbers. The second changes no number,
 * passes gradients on as they are, and gives its scale none: q − x / scale is 0. But where the first is read by a MaxPool
 * alone, and this by the second alone, it is the first that goes: rounding keeps the order of numbers, so that the greatest one
 * rounded is the greatest of the rounded, and fewer are rounded. The gradient goes to the greatest number then, not to the first
 * of those that round to the same.
 */
final class RepeatedPairPattern implements Pattern {

    private static final String POOL = "MaxPool";

    private static final Set<String> MOVES =
            Set.of(POOL, "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity");

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        if (!FakeQuantize.is(last) || !Quantization.isPerTensor(context.shape(last.input(1)))) {
            return Optional.empty();
        }
        return isPooled(last, links) || isRepeated(last, links)
                ? Optional.of(new Match(nothing(last), List.of()))
                : Optional.empty();
    }

    private static boolean isPooled(GraphNode first, Links links) {
        return links.reader(first.output(0))
                .filter(node -> node.operator().equals(POOL) && node.domain().isEmpty())
                .flatMap(pool -> links.reader(pool.output(0)))
                .filter(second -> isSame(first, second))
                .isPresent();
    }

    private static boolean isRepeated(GraphNode second, Links links) {
        Optional<GraphNode> before = links.producer(second.input(0));
        while (before.isPresent()
                && before.get().domain().isEmpty()
                && MOVES.contains(before.get().operator())) {
            before = links.producer(before.get().input(0));
        }
        return before.filter(first -> isSame(first, second) && !isPooled(first, links))
                .isPresent();
    }

    private static boolean isSame(GraphNode a, GraphNode b) {
        return FakeQuantize.is(a)
                && FakeQuantize.is(b)
                && a.input(1).equals(b.input(1))
                && a.input(2).equals(b.input(2))
                && a.attributes().equals(b.attributes());
    }

    private static GraphNode nothing(GraphNode node) {
        return new GraphNode(node.name(), "Identity", "", List.of(node.input(0)), node.outputs(), Attributes.NONE);
    }
}
