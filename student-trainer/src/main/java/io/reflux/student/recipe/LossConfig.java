package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a distilling stage: {@code softLossWeight T^2 KL(teacher || student at T) + hardLossWeight CE} (Hinton et
 * al. 2015, arXiv:1503.02531, sec. 2).
 *
 * @param temperature T, above 0
 * @param softLossWeight weight of the soft loss, above 0; a stage without soft labels is {@code train}
 * @param hardLossWeight weight of the cross-entropy with the hard labels, at least 0
 */
public record LossConfig(double temperature, double softLossWeight, double hardLossWeight) {
    static final LossConfig DEFAULT = new LossConfig(4, 1, 0);

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public LossConfig {
        Setting.above("temperature", temperature, 0);
        Setting.above("softLossWeight", softLossWeight, 0);
        Setting.atLeast("hardLossWeight", hardLossWeight, 0);
    }

    @JsonCreator
    static LossConfig of(
            @JsonProperty("temperature") @Nullable Double temperature,
            @JsonProperty("softLossWeight") @Nullable Double softLossWeight,
            @JsonProperty("hardLossWeight") @Nullable Double hardLossWeight) {
        return new LossConfig(
                temperature == null ? 4 : temperature,
                softLossWeight == null ? 1 : softLossWeight,
                hardLossWeight == null ? 0 : hardLossWeight);
    }
}
