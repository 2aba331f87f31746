package io.reflux.model.operator.fusion;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import java.util.List;
import java.util.Optional;

/**
 * A constant's signs in integers: QuantizeLinear with so small a scale that all but 0 is clamped, a Clip to −1 and 1, and a
 * DequantizeLinear with the scale that counts. Zero points are 0.
 */
final class BinarizePattern implements Pattern {

    /** A larger scale could make 0 of a weight. */
    private static final float MOST_SCALE = 0x1p-40f;

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        if (!last.operator().equals("DequantizeLinear")
                || !last.domain().isEmpty()
                || Quantization.blockSize(last) != 0
                || !isZero(last, context)) {
            return Optional.empty();
        }
        return links.producer(last.input(0), "Clip")
                .filter(clip -> isBound(clip.input(1), -1, context) && isBound(clip.input(2), 1, context))
                .flatMap(clip -> links.producer(clip.input(0), "QuantizeLinear")
                        .filter(quantize -> isZero(quantize, context) && isSign(quantize, context))
                        .map(quantize -> new Match(binarize(quantize, last), List.of(quantize, clip))));
    }

    private static GraphNode binarize(GraphNode quantize, GraphNode last) {
        return new GraphNode(
                last.name(),
                Binarize.TYPE,
                Fusions.DOMAIN,
                List.of(quantize.input(0), last.input(1)),
                last.outputs(),
                Attributes.NONE.withInt("axis", last.attributes().getInt("axis", 1)));
    }

    private static boolean isSign(GraphNode quantize, NodeContext context) {
        return context.isConstant(quantize.input(0))
                && context.isConstant(quantize.input(1))
                && context.constant(quantize.input(1)).size() == 1
                && context.constant(quantize.input(1)).floats()[0] <= MOST_SCALE;
    }

    private static boolean isZero(GraphNode node, NodeContext context) {
        if (!node.hasInput(2) || !context.isConstant(node.input(2))) {
            return false;
        }
        for (long zeroPoint : context.constant(node.input(2)).longs()) {
            if (zeroPoint != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBound(String value, long expected, NodeContext context) {
        return !value.isEmpty()
                && context.isConstant(value)
                && context.constant(value).longs()[0] == expected;
    }
}
