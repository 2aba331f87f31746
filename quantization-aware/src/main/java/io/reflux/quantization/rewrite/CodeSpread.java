package io.reflux.quantization.rewrite;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.Dequantized;
import java.util.Arrays;
import java.util.Optional;

/**
 * Integers of few bits as multiples of a power of two, with a scale so much smaller: they stand for the same numbers. Engines add
 * biases in units of inputScale · weightScale. With weights of one or two bits such a unit is an eighth of what a neuron gives,
 * and a bias rounded to it moves its threshold: of a binary network's answers, one in ten changed. Spread over 8 bits, the
 * unit is 64 times as small.
 */
public final class CodeSpread {

    private static final int BIAS = 2;

    private CodeSpread() {}

    /**
     * What the integers of a weight are multiplied by when they are stored: the largest power of two that leaves them 8 bits,
     * where the weight's one reader adds a bias in integers; else 1.
     *
     * @param dequantize what makes the weight
     */
    public static int factor(ModelGraph graph, GraphLinks links, GraphNode dequantize) {
        Optional<GraphNode> clip = producer(links, dequantize.input(0), "Clip");
        boolean ofConstant = clip.flatMap(node -> producer(links, node.input(0), "QuantizeLinear"))
                .filter(quantize -> graph.initializers().containsKey(quantize.input(0)))
                .isPresent();
        boolean symmetric = graph.constant(dequantize.input(2))
                .map(GraphTensor::longs)
                .filter(zeroPoints -> Arrays.stream(zeroPoints).allMatch(zero -> zero == 0))
                .isPresent();
        if (!ofConstant
                || !symmetric
                || !links.readOnlyOnce(dequantize.input(0))
                || !addsIntegers(graph, links, dequantize.output(0))) {
            return 1;
        }
        long quantMin = graph.constant(clip.get().input(1)).orElseThrow().longs()[0];
        long quantMax = graph.constant(clip.get().input(2)).orElseThrow().longs()[0];
        int factor = 1;
        while (quantMax * factor * 2 <= Byte.MAX_VALUE && quantMin * factor * 2 >= Byte.MIN_VALUE) {
            factor *= 2;
        }
        return factor;
    }

    private static boolean addsIntegers(ModelGraph graph, GraphLinks links, String weight) {
        if (!links.readOnlyOnce(weight)) {
            return false;
        }
        GraphNode layer = links.readers(weight).get(0);
        return (layer.operator().equals("Conv") || layer.operator().equals("Gemm"))
                && graph.constant(layer.input(BIAS)).isPresent()
                && Dequantized.maker(links, layer.input(0)).isPresent();
    }

    private static Optional<GraphNode> producer(GraphLinks links, String value, String operator) {
        return links.producer(value).filter(node -> node.operator().equals(operator));
    }
}
