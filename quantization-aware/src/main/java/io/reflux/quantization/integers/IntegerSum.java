package io.reflux.quantization.integers;

import io.reflux.model.graph.ElementType;
import io.reflux.quantization.qparams.QParams;

/**
 * The sum of two quantised values as ONNX Runtime computes it on x86: c = round(a · (scaleA / scaleC) + (b · (scaleB / scaleC) + offset)) with
 * two fused multiply-adds of 32-bit floats, written here in 64 bits and rounded to 32 after each.
 */
final class IntegerSum {

    private IntegerSum() {}

    /**
     * Writes the sum.
     *
     * @param a name of the first, less its zero point
     * @param b name of the second, less its zero point
     * @param least of the result
     * @return name of c, less its zero point
     */
    static String write(ArithmeticNodes nodes, String a, QParams qa, String b, QParams qb, QParams qc, int least) {
        float ratioA = qa.scale() / qc.scale();
        float ratioB = qb.scale() / qc.scale();
        float offset = qc.zeroPoint() - Math.fma(ratioA, qa.zeroPoint(), ratioB * qb.zeroPoint());
        String first =
                multiplied(nodes, b, qb.zeroPoint(), ratioB, nodes.cast(nodes.constant(offset), ElementType.DOUBLE));
        String sum = multiplied(nodes, a, qa.zeroPoint(), ratioA, nodes.cast(first, ElementType.DOUBLE));
        String integers = nodes.node("Sub", nodes.node("Round", sum), nodes.constant((float) qc.zeroPoint()));
        return nodes.rounded(integers, least, qc.quantMax() - qc.zeroPoint());
    }

    /** (x + zeroPoint) · ratio + addend, rounded once. */
    private static String multiplied(ArithmeticNodes nodes, String x, int zeroPoint, float ratio, String addend) {
        String integers = zeroPoint == 0 ? x : nodes.node("Add", x, nodes.constant((float) zeroPoint));
        String product = nodes.node(
                "Mul", nodes.cast(integers, ElementType.DOUBLE), nodes.cast(nodes.constant(ratio), ElementType.DOUBLE));
        return nodes.cast(nodes.node("Add", product, addend), ElementType.FLOAT);
    }
}
