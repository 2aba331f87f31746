package io.reflux.quantization.integers;

import io.reflux.model.graph.Attributes;
import io.reflux.quantization.qparams.QParams;
import java.util.List;
import java.util.stream.LongStream;

/** The mean over all positions of a quantised value: their sum in integers, times one 32-bit float, and rounded. */
final class IntegerMean {

    private IntegerMean() {}

    /**
     * Writes a GlobalAveragePool.
     *
     * @param x name of x, less its zero point
     * @param shape of x
     * @param least of the result
     * @return name of y, less its zero point
     */
    static String write(ArithmeticNodes nodes, String x, List<Long> shape, QParams qx, QParams qy, int least) {
        long positions = shape.subList(2, shape.size()).stream().reduce(1L, (a, b) -> a * b);
        String axes = nodes.constant(LongStream.range(2, shape.size()).toArray());
        String sum = nodes.node("ReduceSum", Attributes.NONE.withInt("keepdims", 1), x, axes);
        float multiplier = qx.scale() / (qy.scale() * positions);
        String scaled = nodes.node("Mul", sum, nodes.constant(multiplier));
        return nodes.rounded(scaled, least, qy.quantMax() - qy.zeroPoint());
    }
}
