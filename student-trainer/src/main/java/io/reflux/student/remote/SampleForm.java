package io.reflux.student.remote;

import io.reflux.data.DataSet;
import io.reflux.data.TextDataSet;
import io.reflux.data.view.PixelScaling;
import org.jspecify.annotations.Nullable;

/**
 * How samples reach a teacher.
 *
 * @param named whether a teacher that has data sets is told names, and must have this one; by value to others
 * @param numbers by value: whether images travel as the numbers that the model takes; else as bytes
 * @param scaling how this teacher's pixels are scaled, by the student where they travel as numbers, else by the teacher; null:
 *     by the teacher as its own file says
 */
public record SampleForm(
        boolean named, boolean numbers, @Nullable PixelScaling scaling) {
    /** Names where the teacher has data sets, else bytes of pixels that it scales as its file says. */
    public static final SampleForm NAMED = new SampleForm(true, false, null);

    /**
     * Checks that numbers are scaled.
     *
     * @throws IllegalArgumentException when they are not
     */
    public SampleForm {
        if (numbers && scaling == null) {
            throw new IllegalArgumentException("scaling: none (expected: one, since numbers travel)");
        }
    }

    /** Returns the bytes that a sample takes by value: one or four a pixel, four a token. */
    int sampleBytes(DataSet set) {
        return set instanceof TextDataSet text
                ? Math.multiplyExact(text.length(), Integer.BYTES)
                : Math.multiplyExact(set.images().shape().elements(), numbers ? Float.BYTES : 1);
    }
}
