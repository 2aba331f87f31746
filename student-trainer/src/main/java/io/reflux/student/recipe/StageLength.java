package io.reflux.student.recipe;

import org.jspecify.annotations.Nullable;

/**
 * How long a stage is: a number of passes over the training samples, or of steps. A stage measured in steps has epochs too:
 * each is {@code evaluateEvery} steps long, and schedules, validation and checkpoints count these.
 *
 * @param epochs epochs of the stage, at least 1
 * @param iterations steps of the stage; 0 where an epoch is a pass over the samples
 * @param evaluateEvery steps of an epoch, a divisor of {@code iterations}; 0 where an epoch is a pass over the samples
 */
public record StageLength(int epochs, long iterations, int evaluateEvery) {
    private static final int DEFAULT_EPOCHS = 10;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public StageLength {
        Setting.atLeast("epochs", epochs, 1);
        Setting.atLeast("iterations", iterations, 0);
        Setting.atLeast("evaluateEvery", evaluateEvery, iterations == 0 ? 0 : 1);
        Setting.require(
                (long) epochs * evaluateEvery == iterations,
                "evaluateEvery",
                evaluateEvery,
                iterations == 0 ? "absent without iterations" : "a divisor of iterations, " + iterations);
    }

    /** This many passes over the samples. */
    public static StageLength ofEpochs(int epochs) {
        return new StageLength(epochs, 0, 0);
    }

    static StageLength of(@Nullable Integer epochs, @Nullable Integer iterations, @Nullable Integer evaluateEvery) {
        if (iterations == null) {
            Setting.require(evaluateEvery == null, "evaluateEvery", evaluateEvery, "absent without iterations");
            return ofEpochs(epochs == null ? DEFAULT_EPOCHS : epochs);
        }
        Setting.require(epochs == null, "epochs", epochs, "absent, since iterations is given");
        Setting.atLeast("iterations", iterations, 1);
        int tenth = iterations % 10 == 0 ? iterations / 10 : iterations;
        int every = evaluateEvery == null ? tenth : evaluateEvery;
        Setting.atLeast("evaluateEvery", every, 1);
        Setting.require(iterations % every == 0, "evaluateEvery", every, "a divisor of iterations, " + iterations);
        return new StageLength(iterations / every, iterations, every);
    }
}
