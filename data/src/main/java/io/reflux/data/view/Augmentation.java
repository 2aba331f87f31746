package io.reflux.data.view;

import io.reflux.data.random.PhiloxStream;
import io.reflux.data.random.Purpose;

/**
 * How augmentation seeds become pixels: the sample mirrored or not, then moved by up to {@code maxShift} pixels in each
 * direction, what becomes free filled with zeros. A shift of at most m is a random crop out of the sample with m pixels of
 * zeros around it. Integer arithmetic only; {@code docs/views.md} specifies it to the bit.
 *
 * @param maxShift largest shift in pixels, 0 to {@link #MAX_SHIFT}
 * @param flip whether half of the views are mirrored, left to right
 */
public record Augmentation(int maxShift, boolean flip) {

    /** Every view is the sample as it is. */
    public static final Augmentation NONE = new Augmentation(0, false);

    /** Largest value of {@code maxShift}. */
    public static final int MAX_SHIFT = 127;

    /** @throws IllegalArgumentException if {@code maxShift} is out of range */
    public Augmentation {
        if (maxShift < 0 || maxShift > MAX_SHIFT) {
            throw new IllegalArgumentException("maxShift: %d (expected: 0 to %d)".formatted(maxShift, MAX_SHIFT));
        }
    }

    /** Shifts without mirroring. */
    public static Augmentation shifts(int maxShift) {
        return new Augmentation(maxShift, false);
    }

    /** Whether any seed changes a sample. */
    public boolean isNone() {
        return maxShift == 0 && !flip;
    }

    /** The shift of a view, uniform over the (2 maxShift + 1)^2 possible ones; none for augmentation seed 0. */
    Shift shift(View view) {
        if (maxShift == 0 || view.augmentationSeed() == 0) {
            return Shift.NONE;
        }
        int side = 2 * maxShift + 1;
        int cell = new PhiloxStream(view.augmentationSeed(), Purpose.SHIFT, view.sampleId()).nextInt(side * side);
        return new Shift(cell / side - maxShift, cell % side - maxShift);
    }

    /** Whether a view is mirrored, with probability 1/2; never for augmentation seed 0. */
    boolean mirrors(View view) {
        return flip
                && view.augmentationSeed() != 0
                && new PhiloxStream(view.augmentationSeed(), Purpose.FLIP, view.sampleId()).nextInt(2) == 1;
    }
}
