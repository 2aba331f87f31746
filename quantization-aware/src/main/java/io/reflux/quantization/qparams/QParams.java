package io.reflux.quantization.qparams;

import io.reflux.model.graph.ModelException;

/**
 * How real numbers x become integers q and come back: q = clamp(round(x / scale) + zeroPoint, quantMin, quantMax), halves
 * to even, and x ≈ scale · (q − zeroPoint). The arithmetic is that of ONNX's QuantizeLinear in 32-bit floats, bit for bit.
 *
 * @param scale finite and &gt; 0
 * @param zeroPoint the integer that is 0, in [quantMin, quantMax]
 * @param quantMin the least integer
 * @param quantMax the largest integer, &gt; quantMin
 */
public record QParams(float scale, int zeroPoint, int quantMin, int quantMax) {

    public QParams {
        require("scale", scale, scale > 0 && Float.isFinite(scale), "> 0 and finite");
        require("quantMax", quantMax, quantMax > quantMin, "> " + quantMin);
        require("zeroPoint", zeroPoint, zeroPoint >= quantMin && zeroPoint <= quantMax, quantMin + " to " + quantMax);
    }

    /** The integer of a real number; of NaN, that of 0. */
    public int quantize(float x) {
        double rounded = Math.rint(x / scale) + zeroPoint;
        return Double.isNaN(rounded) ? zeroPoint : (int) Math.max(quantMin, Math.min(quantMax, rounded));
    }

    /** The real number of an integer. */
    public float dequantize(int q) {
        return (q - zeroPoint) * scale;
    }

    /** The nearest real number that an integer stands for: dequantize(quantize(x)). */
    public float fakeQuantize(float x) {
        return dequantize(quantize(x));
    }

    /** The real numbers that are not clamped, but for half a step at each end. */
    public Range range() {
        return new Range(dequantize(quantMin), dequantize(quantMax));
    }

    /** The same integers with another step. */
    public QParams withScale(float other) {
        return new QParams(other, zeroPoint, quantMin, quantMax);
    }

    private static void require(String name, Object value, boolean holds, String expected) {
        if (!holds) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
