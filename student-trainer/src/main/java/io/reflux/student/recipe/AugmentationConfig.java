package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.data.view.Augmentation;
import org.jspecify.annotations.Nullable;

/**
 * How a stage's samples are varied.
 *
 * @param maxShift largest shift in pixels in each direction, 0 to 16
 * @param flip whether half of the views are mirrored, left to right
 */
public record AugmentationConfig(int maxShift, boolean flip) {
    /** Samples as they are. */
    public static final AugmentationConfig NONE = new AugmentationConfig(0, false);

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when the shift is out of range
     */
    public AugmentationConfig {
        Setting.inRange("maxShift", maxShift, 0, 16);
    }

    @JsonCreator
    static AugmentationConfig of(
            @JsonProperty("maxShift") @Nullable Integer maxShift, @JsonProperty("flip") @Nullable Boolean flip) {
        return new AugmentationConfig(maxShift == null ? 0 : maxShift, flip != null && flip);
    }

    /** Returns what this means for pixels. */
    public Augmentation toAugmentation() {
        return new Augmentation(maxShift, flip);
    }
}
