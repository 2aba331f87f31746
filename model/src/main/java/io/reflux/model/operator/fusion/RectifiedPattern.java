package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Relu and the {@link FakeQuantize} that alone reads it: clamping at 0 is clamping to the zero point, with the same gradients,
 * which saves two passes over memory.
 */
final class RectifiedPattern implements Pattern {

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        boolean fits = FakeQuantize.is(last)
                && Quantization.isPerTensor(context.shape(last.input(1)))
                && FakeQuantize.hasZeroPoint(last, context)
                && links.readOnly(last.input(0), 1);
        return fits
                ? links.producer(last.input(0), "Relu")
                        .map(relu -> new Match(rectified(last, relu.input(0)), List.of(relu)))
                : Optional.empty();
    }

    private static GraphNode rectified(GraphNode node, String x) {
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, x);
        return new GraphNode(
                node.name(),
                node.operator(),
                node.domain(),
                inputs,
                node.outputs(),
                node.attributes().withInt(FakeQuantize.RECTIFIED, 1));
    }
}
