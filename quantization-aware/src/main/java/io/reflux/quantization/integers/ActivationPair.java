package io.reflux.quantization.integers;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.rewrite.PairNodes;
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
        Optional<PairNodes> nodes = PairNodes.of(links, last)
                .filter(pair -> graph.constant(pair.quantize().input(0)).isEmpty())
                .filter(pair -> sameParameters(graph, pair.quantize(), last));
        Optional<GraphTensor> scale = graph.constant(last.input(1)).filter(tensor -> tensor.size() == 1);
        Optional<GraphTensor> zeroPoint = graph.constant(last.input(2)).filter(tensor -> tensor.size() == 1);
        if (nodes.isEmpty() || scale.isEmpty() || zeroPoint.isEmpty()) {
            return Optional.empty();
        }
        ElementType type = zeroPoint.get().type();
        Optional<Long> quantMin = nodes.get().quantMin(graph, type);
        Optional<Long> quantMax = nodes.get().quantMax(graph, type);
        if (quantMin.isEmpty() || quantMax.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ActivationPair(
                nodes.get().quantize().input(0),
                new QParams(
                        scale.get().floats()[0],
                        (int) zeroPoint.get().longs()[0],
                        Math.toIntExact(quantMin.get()),
                        Math.toIntExact(quantMax.get()))));
    }

    /** Largest |q − zeroPoint|. */
    long mostSteps() {
        return Math.max(qparams.quantMax() - qparams.zeroPoint(), qparams.zeroPoint() - qparams.quantMin());
    }

    private static boolean sameParameters(ModelGraph graph, GraphNode quantize, GraphNode dequantize) {
        for (int input = 1; input <= 2; input++) {
            Optional<GraphTensor> other = graph.constant(quantize.input(input));
            Optional<GraphTensor> own = graph.constant(dequantize.input(input));
            if (other.isEmpty()
                    || own.isEmpty()
                    || !other.get().withName("").equals(own.get().withName(""))) {
                return false;
            }
        }
        return true;
    }
}
