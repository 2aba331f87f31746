package io.reflux.quantization.integers;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.qparams.QParams;
import java.util.Optional;

/**
 * An activation behind its QuantizeLinear and DequantizeLinear, with one scale.
 *
 * @param value what is quantised
 * @param qparams its integers
 */
record ActivationPair(String value, QParams qparams) {

    /** The pair that ends with a node, if one does. */
    static Optional<ActivationPair> of(ModelGraph graph, GraphLinks links, GraphNode last) {
        if (!isOperator(last, "DequantizeLinear")) {
            return Optional.empty();
        }
        GraphNode before = links.producer(last.input(0)).orElse(null);
        GraphNode clip = before != null && isOperator(before, "Clip") ? before : null;
        GraphNode quantize =
                clip == null ? before : links.producer(clip.input(0)).orElse(null);
        if (quantize == null
                || !isOperator(quantize, "QuantizeLinear")
                || graph.constant(quantize.input(0)).isPresent()) {
            return Optional.empty();
        }
        Optional<GraphTensor> scale = graph.constant(last.input(1)).filter(tensor -> tensor.size() == 1);
        Optional<GraphTensor> zeroPoint = graph.constant(last.input(2)).filter(tensor -> tensor.size() == 1);
        boolean isBounded = clip == null
                || graph.constant(clip.input(1)).isPresent()
                        && graph.constant(clip.input(2)).isPresent();
        if (scale.isEmpty() || zeroPoint.isEmpty() || !isBounded || !sameParameters(graph, quantize, last)) {
            return Optional.empty();
        }
        ElementType type = zeroPoint.get().type();
        long quantMin = clip == null ? type.least() : bound(graph, clip, 1);
        long quantMax = clip == null ? type.most() : bound(graph, clip, 2);
        return Optional.of(new ActivationPair(
                quantize.input(0),
                new QParams(
                        scale.get().floats()[0],
                        (int) zeroPoint.get().longs()[0],
                        Math.toIntExact(quantMin),
                        Math.toIntExact(quantMax))));
    }

    /** Largest |q − zeroPoint|. */
    long mostSteps() {
        return Math.max(qparams.quantMax() - qparams.zeroPoint(), qparams.zeroPoint() - qparams.quantMin());
    }

    private static long bound(ModelGraph graph, GraphNode clip, int input) {
        return graph.constant(clip.input(input)).orElseThrow().longs()[0];
    }

    private static boolean sameParameters(ModelGraph graph, GraphNode quantize, GraphNode dequantize) {
        for (int input = 1; input <= 2; input++) {
            Optional<GraphTensor> other = graph.constant(quantize.input(input));
            Optional<GraphTensor> own = graph.constant(dequantize.input(input));
            if (other.isEmpty()
                    || !other.get().withName("").equals(own.orElseThrow().withName(""))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOperator(GraphNode node, String operator) {
        return node.operator().equals(operator) && node.domain().isEmpty();
    }
}
