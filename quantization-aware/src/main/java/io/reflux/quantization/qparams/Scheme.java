package io.reflux.quantization.qparams;

import io.reflux.model.graph.ModelException;

/**
 * Which integers values are quantised to.
 *
 * <p>Symmetric: the zero point is 0 and the scale is magnitude / quantMax, so that the range and its mirror image fit.
 * Otherwise the scale is (most − least) / (quantMax − quantMin) of the range with 0 in it, and the zero point makes 0 an
 * integer; for values that are never negative, unsigned, it is 0 too.
 *
 * <p>One bit: 0 and 1 where unsigned; −1 and 1, by the sign, where signed and symmetric, with the mean magnitude as the scale
 * (Rastegari et al. 2016, arXiv:1603.05279, eq. 6).
 *
 * @param bits 1 to 8
 * @param signed whether half of the integers are negative
 * @param symmetric whether the zero point is 0; signed only
 */
public record Scheme(int bits, boolean signed, boolean symmetric) {

    /** What a scale is at least: values this small are nothing, and its inverse is still a float. */
    private static final double LEAST_SCALE = 0x1p-60;

    public Scheme {
        if (bits < 1 || bits > 8) {
            throw new ModelException(ModelException.Code.INVALID_ARGUMENT, "bits: " + bits + " (expected: 1 to 8)");
        }
        if (symmetric && !signed) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "symmetric: true (expected: false, since unsigned)");
        }
    }

    /** Signed integers around 0, as weights are quantised. */
    public static Scheme symmetric(int bits) {
        return new Scheme(bits, true, true);
    }

    /** Unsigned integers with any zero point. */
    public static Scheme unsigned(int bits) {
        return new Scheme(bits, false, false);
    }

    /** Whether the integers are −1 and 1, by the sign. */
    public boolean isBinary() {
        return bits == 1 && signed;
    }

    public int quantMin() {
        return signed ? -(1 << (bits - 1)) : 0;
    }

    public int quantMax() {
        return isBinary() ? 1 : signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
    }

    /**
     * The qparams that cover a range. A range of nothing but 0, as a dead channel has it, gets scale 1: all its integers
     * are the zero point.
     */
    public QParams qparams(Range range) {
        Range covered = range.withZero();
        if (covered.magnitude() == 0) {
            return new QParams(1, symmetric || !signed ? 0 : quantMin(), quantMin(), quantMax());
        }
        if (symmetric) {
            return new QParams(scale((double) covered.magnitude() / quantMax()), 0, quantMin(), quantMax());
        }
        float scale = scale(((double) covered.most() - covered.least()) / (quantMax() - quantMin()));
        long zeroPoint = Math.round(quantMin() - (double) covered.least() / scale);
        return new QParams(scale, (int) Math.max(quantMin(), Math.min(quantMax(), zeroPoint)), quantMin(), quantMax());
    }

    private static float scale(double value) {
        return (float) Math.max(LEAST_SCALE, value);
    }

    /** As people write it: {@code int8}, {@code uint4}. */
    public String label() {
        return (signed ? "int" : "uint") + bits;
    }
}
