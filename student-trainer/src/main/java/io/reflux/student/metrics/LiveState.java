package io.reflux.student.metrics;

import io.reflux.student.hook.EpochRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What /progress.json answers.
 *
 * @param name name of the recipe
 * @param stage index of the stage, from 0
 * @param numStages stages of the recipe
 * @param kind {@code distil}, {@code train}, or {@code starting} and {@code done} around them
 * @param epoch index of the epoch, from 0
 * @param epochs epochs of the stage
 * @param step steps done in the stage
 * @param steps steps of the stage
 * @param source state of the source of soft labels, null without one
 * @param reconnects connections made again
 * @param seconds time since the run began
 * @param etaSeconds time to the end of the stage, negative when unknown
 * @param points curves over the whole run
 * @param history finished epochs of this process
 * @param epochEnds when each of them was finished and validated, in seconds since the run began
 */
record LiveState(
        String name,
        int stage,
        int numStages,
        String kind,
        int epoch,
        int epochs,
        long step,
        long steps,
        @Nullable String source,
        long reconnects,
        double seconds,
        double etaSeconds,
        List<LivePoint> points,
        List<EpochRecord> history,
        List<Double> epochEnds) {}
