package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import java.util.List;
import java.util.Optional;

/** A {@link FakeQuantize} of an input of the graph, which a convolution alone reads: what is fed in needs no gradient. */
final class FedPairPattern implements Pattern {

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        String x = last.input(0);
        boolean fits = FakeQuantize.is(last)
                && Quantization.isPerTensor(context.shape(last.input(1)))
                && FakeQuantize.hasZeroPoint(last, context)
                && links.producer(x).isEmpty()
                && !context.isConstant(x);
        return fits
                ? links.reader(last.output(0))
                        .filter(reader -> reader.operator().equals("Conv")
                                && reader.domain().isEmpty()
                                && reader.input(0).equals(last.output(0)))
                        .map(reader -> new Match(fed(last), List.of()))
                : Optional.empty();
    }

    private static GraphNode fed(GraphNode node) {
        return new GraphNode(
                node.name(),
                node.operator(),
                node.domain(),
                node.inputs(),
                node.outputs(),
                node.attributes().withInt(FakeQuantize.FED, 1));
    }
}
