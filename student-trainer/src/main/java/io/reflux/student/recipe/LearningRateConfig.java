package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.student.schedule.LearningRateSchedule;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The learning rate of a stage.
 *
 * @param initial the rate after warm-up, above 0; for {@code one-cycle} the largest
 * @param schedule how it goes on from there
 * @param warmupEpochs epochs over which the rate rises linearly to {@code initial}; at least 0, and 0 for
 *     {@code one-cycle}
 * @param end the rate of the last step, for {@code cosine}, {@code linear}, {@code one-cycle}; at least 0, and above it
 *     for {@code exponential}
 * @param decayFactor what the rate is multiplied by at each decay, for {@code step}; in (0, 1]
 * @param decayEveryEpochs epochs between two decays, for {@code step}; at least 1
 * @param startFactor the first rate of {@code one-cycle} as a part of {@code initial}, in (0, 1]
 * @param riseShare share of the steps in which {@code one-cycle} rises, in (0, 1)
 */
public record LearningRateConfig(
        double initial,
        Shape schedule,
        double warmupEpochs,
        double end,
        double decayFactor,
        int decayEveryEpochs,
        double startFactor,
        double riseShare) {
    static final LearningRateConfig DEFAULT = of(null, null, null, null, null, null, null, null);

    /** The shape of the rate over time. */
    public enum Shape {
        /** Stays at {@code initial}. */
        CONSTANT,
        /** Is multiplied by {@code decayFactor} every {@code decayEveryEpochs}. */
        STEP,
        /** Half a cosine from {@code initial} to {@code end}. */
        COSINE,
        /** A line from {@code initial} to {@code end}. */
        LINEAR,
        /** The same factor at each step, from {@code initial} to {@code end}. */
        EXPONENTIAL,
        /** Up to {@code initial} and down to {@code end}. */
        ONE_CYCLE;

        /** Returns the name in recipes, such as {@code one-cycle}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
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
        Setting.require(startFactor > 0 && startFactor <= 1, "startFactor", startFactor, "0 < startFactor <= 1");
        Setting.require(riseShare > 0 && riseShare < 1, "riseShare", riseShare, "0 < riseShare < 1");
        Setting.require(
                schedule != Shape.EXPONENTIAL || end > 0, "end", end, "> 0, since an exponential never reaches 0");
        Setting.require(
                schedule != Shape.ONE_CYCLE || warmupEpochs == 0,
                "warmupEpochs",
                warmupEpochs,
                "0, since one-cycle rises by itself");
    }

    @JsonCreator
    static LearningRateConfig of(
            @JsonProperty("initial") @Nullable Double initial,
            @JsonProperty("schedule") @Nullable String schedule,
            @JsonProperty("warmupEpochs") @Nullable Double warmupEpochs,
            @JsonProperty("end") @Nullable Double end,
            @JsonProperty("decayFactor") @Nullable Double decayFactor,
            @JsonProperty("decayEveryEpochs") @Nullable Integer decayEveryEpochs,
            @JsonProperty("startFactor") @Nullable Double startFactor,
            @JsonProperty("riseShare") @Nullable Double riseShare) {
        return new LearningRateConfig(
                initial == null ? 0.1 : initial,
                shape(schedule),
                warmupEpochs == null ? 0 : warmupEpochs,
                end == null ? 0 : end,
                decayFactor == null ? 0.1 : decayFactor,
                decayEveryEpochs == null ? 10 : decayEveryEpochs,
                startFactor == null ? 0.04 : startFactor,
                riseShare == null ? 0.3 : riseShare);
    }

    private static Shape shape(@Nullable String name) {
        if (name == null) {
            return Shape.COSINE;
        }
        return Arrays.stream(Shape.values())
                .filter(shape -> shape.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("schedule: " + name + " (expected: "
                        + Arrays.stream(Shape.values()).map(Shape::label).collect(Collectors.joining(", ")) + ")"));
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
            case EXPONENTIAL -> new LearningRateSchedule.Exponential(initial, end, rest);
            case ONE_CYCLE -> oneCycle(steps);
        };
        return warmup == 0 ? base : new LearningRateSchedule.WarmUp(warmup, base);
    }

    private LearningRateSchedule oneCycle(long steps) {
        long rise = Math.max(1, Math.round(riseShare * steps));
        return new LearningRateSchedule.OneCycle(startFactor * initial, initial, end, rise, Math.max(rise + 1, steps));
    }
}
