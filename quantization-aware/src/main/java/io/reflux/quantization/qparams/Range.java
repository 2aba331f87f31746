package io.reflux.quantization.qparams;

import io.reflux.model.graph.ModelException;

/**
 * The values that a tensor shall be able to take; those outside are clamped.
 *
 * @param least finite
 * @param most finite, &ge; least
 */
public record Range(float least, float most) {

    public Range {
        if (!Float.isFinite(least) || !Float.isFinite(most) || least > most) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "range: [" + least + ", " + most + "] (expected: finite, least <= most)");
        }
    }

    /** The range of some values; [0, 0] of none. */
    public static Range of(float[] values) {
        if (values.length == 0) {
            return new Range(0, 0);
        }
        float least = values[0];
        float most = values[0];
        for (float value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        return new Range(least, most);
    }

    /** The least range that holds both. */
    public Range union(Range other) {
        return new Range(Math.min(least, other.least), Math.max(most, other.most));
    }

    /** The least range that holds this one and 0, which every quantised tensor can be. */
    public Range withZero() {
        return new Range(Math.min(least, 0), Math.max(most, 0));
    }

    /** The largest magnitude in it. */
    public float magnitude() {
        return Math.max(Math.abs(least), Math.abs(most));
    }
}
