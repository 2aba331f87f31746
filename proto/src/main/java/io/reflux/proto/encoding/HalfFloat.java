package io.reflux.proto.encoding;

/**
 * Conversion between binary32 and binary16, which the JDK has only from version 20 on.
 *
 * <p>binary16 has a sign, 5 exponent bits (bias 15) and 10 fraction bits: normal from 2^-14 to 65504, subnormal in steps
 * of 2^-24 (IEEE 754-2019, sec. 3.6).
 */
final class HalfFloat {

    private static final int SIGN = 0x8000;
    private static final int INFINITY = 0x7c00;
    private static final int QUIET_NAN = 0x7e00;
    private static final int MAX = 0x7bff;
    private static final int FRACTION_BITS = 10;
    private static final int FRACTION_MASK = (1 << FRACTION_BITS) - 1;
    /** Fraction bits that a binary32 has more. */
    private static final int DROPPED_BITS = 13;
    /** Difference of the exponent biases, 127 - 15. */
    private static final int BIAS_DIFFERENCE = 112;

    private static final float SMALLEST = 0x1p-24f;

    private HalfFloat() {}

    /**
     * Rounds to the nearest half, ties to even. Finite values that would round beyond 65504 become +-65504; infinities
     * and NaN stay what they are.
     */
    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & SIGN;
        int magnitude = bits & 0x7fffffff;
        if (magnitude >= 0x7f800000) {
            return (short) (sign | (magnitude == 0x7f800000 ? INFINITY : QUIET_NAN));
        }
        return (short) (sign | Math.min(MAX, roundFinite(magnitude)));
    }

    private static int roundFinite(int magnitude) {
        int exponent = (magnitude >>> 23) - BIAS_DIFFERENCE;
        if (exponent > 0) {
            // A carry out of the fraction raises the exponent, which is what rounding up to the next binade means.
            return roundedShift(magnitude - (BIAS_DIFFERENCE << 23), DROPPED_BITS);
        }
        int shift = DROPPED_BITS + 1 - exponent;
        if (shift > 24) {
            // Below half of the smallest subnormal.
            return 0;
        }
        return roundedShift(magnitude & 0x7fffff | 0x800000, shift);
    }

    /** value / 2^shift, rounded to nearest, ties to even. */
    private static int roundedShift(int value, int shift) {
        int quotient = value >>> shift;
        int rest = value & ((1 << shift) - 1);
        int half = 1 << (shift - 1);
        boolean up = rest > half || rest == half && (quotient & 1) != 0;
        return up ? quotient + 1 : quotient;
    }

    /** The exact value of a half. */
    static float toFloat(short half) {
        int sign = (half & SIGN) << 16;
        int exponent = half >>> FRACTION_BITS & 0x1f;
        int fraction = half & FRACTION_MASK;
        if (exponent == 0) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * SMALLEST));
        }
        int wideExponent = exponent == 0x1f ? 0xff : exponent + BIAS_DIFFERENCE;
        return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << DROPPED_BITS);
    }
}
