package io.reflux.model.operator.fusion;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import java.util.List;
import java.util.Optional;

/**
 * QuantizeLinear and its DequantizeLinear, with the same scale and zero point; between them there may be a Clip of the
 * integers to constant bounds, which makes them fewer than eight bits.
 */
final class FakeQuantizePattern implements Pattern {

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        if (!last.operator().equals("DequantizeLinear") || !last.domain().isEmpty()) {
            return Optional.empty();
        }
        Optional<GraphNode> clip =
                links.producer(last.input(0), "Clip").filter(node -> hasConstantBounds(node, context));
        String integers = clip.map(node -> node.input(0)).orElse(last.input(0));
        return links.producer(integers, "QuantizeLinear")
                .filter(quantize -> sameParameters(quantize, last, context))
                .map(quantize -> new Match(
                        new GraphNode(
                                last.name(),
                                FakeQuantize.TYPE,
                                Fusions.DOMAIN,
                                quantize.inputs(),
                                last.outputs(),
                                attributes(quantize, clip, context)),
                        clip.map(node -> List.of(quantize, node)).orElse(List.of(quantize))));
    }

    private static boolean hasConstantBounds(GraphNode clip, NodeContext context) {
        return clip.hasInput(1)
                && clip.hasInput(2)
                && context.isConstant(clip.input(1))
                && context.isConstant(clip.input(2));
    }

    private static Attributes attributes(GraphNode quantize, Optional<GraphNode> clip, NodeContext context) {
        Attributes attributes = quantize.attributes();
        return clip.map(node -> attributes
                        .withInt(
                                FakeQuantize.QUANT_MIN,
                                context.constant(node.input(1)).longs()[0])
                        .withInt(
                                FakeQuantize.QUANT_MAX,
                                context.constant(node.input(2)).longs()[0]))
                .orElse(attributes);
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
