package io.reflux.student.metrics;

import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import io.reflux.student.hook.StageStart;
import io.reflux.student.hook.StepHook;
import io.reflux.student.hook.StepRecord;
import io.reflux.student.source.CurrentSource;
import io.reflux.student.source.SourceState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The curves of a run for its live page. A point is the mean over half a second of steps; when there are too many, each two
 * become one and from then on a point covers twice the time, so that memory stays bounded however long the run.
 */
public final class LiveHistory implements StepHook {
    private static final int MAX_POINTS = 600;
    private static final long FIRST_POINT_NANOS = 500_000_000L;

    private final String name;
    private final CurrentSource source;
    private final LongSupplier nanoClock;
    private final long from;
    private final List<LivePoint> points = new ArrayList<>();
    private final List<EpochRecord> history = new ArrayList<>();
    private final List<Double> epochEnds = new ArrayList<>();
    private @Nullable StageStart stage;
    private long stageFrom;
    private @Nullable StepRecord lastStep;
    private boolean over;
    private int epoch;
    private long stepInStage;
    private long steps;
    private long pointNanos = FIRST_POINT_NANOS;
    private EpochTotals bucket = EpochTotals.NONE;

    /**
     * Begins empty.
     *
     * @param name name of the recipe
     * @param source whose state is shown
     * @param nanoClock monotonic time in nanoseconds
     */
    public LiveHistory(String name, CurrentSource source, LongSupplier nanoClock) {
        this.name = name;
        this.source = source;
        this.nanoClock = nanoClock;
        this.from = nanoClock.getAsLong();
    }

    @Override
    public synchronized void onStage(StageStart start) {
        endPoint();
        stage = start;
        stageFrom = nanoClock.getAsLong();
        stepInStage = start.firstStep();
        // A stage that is resumed at its very end has no epoch left.
        epoch = (int) Math.min(stepInStage / start.batchesPerEpoch(), start.epochs() - 1L);
    }

    @Override
    public synchronized void onStep(StepRecord step) {
        epoch = step.epoch();
        stepInStage = step.step() + 1;
        steps++;
        bucket = bucket.plus(step);
        lastStep = step;
        if (bucket.elapsedNanos() >= pointNanos) {
            endPoint();
        }
    }

    /** Makes a point of the steps since the last one; a short stage or the end of a run shows too. */
    private void endPoint() {
        StepRecord last = lastStep;
        if (last != null && bucket.elapsedNanos() > 0) {
            points.add(point(last));
        }
        bucket = EpochTotals.NONE;
        if (points.size() > MAX_POINTS) {
            thin();
        }
    }

    private LivePoint point(StepRecord last) {
        double positions = bucket.positions();
        return new LivePoint(
                seconds(),
                steps,
                bucket.loss() / positions,
                bucket.correct() / positions,
                last.distilled() ? bucket.agreeing() / positions : null,
                (double) bucket.waitedNanos() / bucket.elapsedNanos(),
                bucket.rows() * 1e9 / bucket.elapsedNanos(),
                last.learningRate());
    }

    private void thin() {
        List<LivePoint> kept = new ArrayList<>();
        for (int i = 1; i < points.size(); i += 2) {
            kept.add(mean(points.get(i - 1), points.get(i)));
        }
        points.clear();
        points.addAll(kept);
        pointNanos *= 2;
    }

    private static LivePoint mean(LivePoint a, LivePoint b) {
        Double agreement = a.agreement() == null || b.agreement() == null
                ? b.agreement()
                : (Double) ((a.agreement() + b.agreement()) / 2);
        return new LivePoint(
                b.seconds(),
                b.step(),
                (a.loss() + b.loss()) / 2,
                (a.accuracy() + b.accuracy()) / 2,
                agreement,
                (a.waitingShare() + b.waitingShare()) / 2,
                (a.samplesPerSecond() + b.samplesPerSecond()) / 2,
                b.learningRate());
    }

    @Override
    public synchronized void onEpoch(EpochRecord done) {
        history.add(done);
        epochEnds.add(seconds());
    }

    @Override
    public synchronized void onEnd() {
        endPoint();
        over = true;
    }

    private double seconds() {
        return (nanoClock.getAsLong() - from) / 1e9;
    }

    private double etaSeconds(StageStart at) {
        long done = stepInStage - at.firstStep();
        double elapsed = (nanoClock.getAsLong() - stageFrom) / 1e9;
        return done == 0 ? -1 : elapsed / done * (at.steps() - stepInStage);
    }

    synchronized LiveState state() {
        StageStart at = stage;
        SourceState state = source.state();
        return new LiveState(
                name,
                at == null ? 0 : at.stage(),
                at == null ? 0 : at.numStages(),
                over ? "done" : at == null ? "starting" : at.kind(),
                epoch,
                at == null ? 0 : at.epochs(),
                stepInStage,
                at == null ? 0 : at.steps(),
                state == null ? null : state.label(),
                source.reconnects(),
                seconds(),
                at == null || over ? -1 : etaSeconds(at),
                List.copyOf(points),
                List.copyOf(history),
                List.copyOf(epochEnds));
    }
}
