package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.student.schedule.LearningRateSchedule;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The learning rate of a stage.
 *
 * @param initial the rate after warm-up, above 0
 * @param schedule how it goes on from there
 * @param warmupEpochs epochs over which the rate rises linearly to {@code initial}; at least 0
 * @param end the rate of the last step, for {@code cosine} and {@code linear}; at least 0
 * @param decayFactor what the rate is multiplied by at each decay, for {@code step}; in (0, 1]
 * @param decayEveryEpochs epochs between two decays, for {@code step}; at least 1
 */
public record LearningRateConfig(
        double initial, Shape schedule, double warmupEpochs, double end, double decayFactor, int decayEveryEpochs) {
    static final LearningRateConfig DEFAULT = of(null, null, null, null, null, null);

    /** The shape of the rate over time. */
    public enum Shape {
        /** Stays at {@code initial}. */
        CONSTANT,
        /** Is multiplied by {@code decayFactor} every {@code decayEveryEpochs}. */
        STEP,
        /** Half a cosine from {@code initial} to {@code end}. */
        COSINE,
        /** A line from {@code initial} to {@code end}. */
        LINEAR
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public LearningRateConfig {
        Setting.above("initial", initial, 0);
        Setting.atLeast("warmupEpochs", warmupEpochs, 0);
        Setting.atLeast("end", end, 0);
        Setting.require(decayFactor > 0 && decayFactor <= 1, "decayFactor", decayFactor, "0 < decayFactor <= 1");
        Setting.atLeast("decayEveryEpochs", decayEveryEpochs, 1);
    }

    @JsonCreator
    static LearningRateConfig of(
            @JsonProperty("initial") @Nullable Double initial,
            @JsonProperty("schedule") @Nullable String schedule,
            @JsonProperty("warmupEpochs") @Nullable Double warmupEpochs,
            @JsonProperty("end") @Nullable Double end,
            @JsonProperty("decayFactor") @Nullable Double decayFactor,
            @JsonProperty("decayEveryEpochs") @Nullable Integer decayEveryEpochs) {
        return new LearningRateConfig(
                initial == null ? 0.1 : initial,
                shape(schedule),
                warmupEpochs == null ? 0 : warmupEpochs,
                end == null ? 0 : end,
                decayFactor == null ? 0.1 : decayFactor,
                decayEveryEpochs == null ? 10 : decayEveryEpochs);
    }

    private static Shape shape(@Nullable String name) {
        if (name == null) {
            return Shape.COSINE;
        }
        for (Shape shape : Shape.values()) {
            if (shape.name().toLowerCase(Locale.ROOT).equals(name)) {
                return shape;
            }
        }
        throw new IllegalArgumentException("schedule: " + name + " (expected: constant, step, cosine or linear)");
    }

    /**
     * Returns the rate as a function of the step.
     *
     * @param epochs epochs of the stage, at least 1
     * @param batchesPerEpoch steps in an epoch, at least 1
     */
    public LearningRateSchedule schedule(int epochs, int batchesPerEpoch) {
        long steps = (long) epochs * batchesPerEpoch;
        long warmup = Math.min(steps, Math.round(warmupEpochs * batchesPerEpoch));
        long rest = Math.max(1, steps - warmup);
        LearningRateSchedule base = switch (schedule) {
            case CONSTANT -> new LearningRateSchedule.Constant(initial);
            case STEP -> new LearningRateSchedule.Step(initial, decayFactor, (long) decayEveryEpochs * batchesPerEpoch);
            case COSINE -> new LearningRateSchedule.Cosine(initial, end, rest);
            case LINEAR -> new LearningRateSchedule.Linear(initial, end, rest);
        };
        return warmup == 0 ? base : new LearningRateSchedule.WarmUp(warmup, base);
    }
}
