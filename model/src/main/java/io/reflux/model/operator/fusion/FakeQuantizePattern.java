package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import java.util.List;
import java.util.Optional;

/** QuantizeLinear and its DequantizeLinear, with the same scale and zero point. */
final class FakeQuantizePattern implements Pattern {

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        if (!last.operator().equals("DequantizeLinear") || !last.domain().isEmpty()) {
            return Optional.empty();
        }
        return links.producer(last.input(0), "QuantizeLinear")
                .filter(quantize -> sameParameters(quantize, last, context))
                .map(quantize -> new Match(
                        new GraphNode(
                                last.name(),
                                FakeQuantize.TYPE,
                                Fusions.DOMAIN,
                                quantize.inputs(),
                                last.outputs(),
                                quantize.attributes()),
                        List.of(quantize)));
    }

    private static boolean sameParameters(GraphNode quantize, GraphNode last, NodeContext context) {
        boolean perTensor = Quantization.isPerTensor(context.shape(last.input(1)));
        int rank = context.shape(last.input(0)).size();
        boolean sameAxis = perTensor || Quantization.axis(quantize, rank) == Quantization.axis(last, rank);
        return sameAxis
                && same(quantize.input(1), last.input(1), context)
                && same(quantize.input(2), last.input(2), context)
                && Quantization.blockSize(quantize) == Quantization.blockSize(last);
    }

    /** One value, or two constants of the same value: exporters write scales out once for each node. */
    private static boolean same(String a, String b, NodeContext context) {
        return a.equals(b)
                || (!a.isEmpty()
                        && !b.isEmpty()
                        && context.isConstant(a)
                        && context.isConstant(b)
                        && context.constant(a).withName(b).equals(context.constant(b)));
    }
}
