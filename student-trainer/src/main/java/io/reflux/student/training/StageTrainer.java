package io.reflux.student.training;

import io.reflux.data.SampleIds;
import io.reflux.data.view.View;
import io.reflux.model.step.NonFiniteLossException;
import io.reflux.model.step.StepResult;
import io.reflux.model.step.TrainStep;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import io.reflux.student.hook.StageStart;
import io.reflux.student.hook.StepHook;
import io.reflux.student.hook.StepRecord;
import io.reflux.student.ledger.Ledger;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.sample.Score;
import io.reflux.student.schedule.LearningRateSchedule;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Trains one stage: each batch is waited for, stepped on, told to the hooks and let go. */
public final class StageTrainer {
    /** How often a blocked wait looks whether the run shall stop. */
    private static final long POLL_MILLIS = 100;

    private static final int VALIDATION_BATCH = 250;

    /** Half of the cores: the step itself and a teacher want the others. */
    private static final int RENDER_THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private final StagePlan plan;
    private final TrainStep step;
    private final @Nullable SoftLabelSource source;
    private final StepHook hooks;
    private final BooleanSupplier stop;
    private final LongSupplier nanoClock;
    private final LearningRateSchedule learningRate;
    private final Ledger ledger;

    /**
     * Prepares a stage.
     *
     * @param plan the stage
     * @param step trains the student; stays the caller's to close
     * @param source soft labels, null for a stage on hard labels; stays the caller's to close
     * @param ledger gets what is applied
     * @param hooks told of everything
     * @param stop whether the run shall stop at the next step
     * @param nanoClock monotonic time in nanoseconds
     */
    public StageTrainer(
            StagePlan plan,
            TrainStep step,
            @Nullable SoftLabelSource source,
            Ledger ledger,
            StepHook hooks,
            BooleanSupplier stop,
            LongSupplier nanoClock) {
        this.plan = plan;
        this.step = step;
        this.source = source;
        this.ledger = ledger;
        this.hooks = hooks;
        this.stop = stop;
        this.nanoClock = nanoClock;
        this.learningRate = plan.learningRate();
    }

    /**
     * Trains to the end of the stage.
     *
     * @param firstStep step to begin with, 0 unless resumed
     * @param partial sums over the steps of the first epoch that were done before
     * @param listener told where the stage may be resumed: after every step, and when stopping
     * @throws TrainingFailure with code INTERRUPTED when asked to stop, or when labels fail or the loss is not finite
     */
    public void run(long firstStep, EpochTotals partial, StageListener listener) {
        StageStart start = plan.start(firstStep);
        hooks.onStage(start);
        EpochTotals totals = partial;
        try (BatchFeeder feeder = new BatchFeeder(
                plan.sampler(),
                plan.reader(),
                source,
                firstStep,
                start.steps(),
                plan.config().schedule().prefetchBatches(),
                RENDER_THREADS)) {
            long before = nanoClock.getAsLong();
            for (long i = firstStep; i < start.steps(); i++) {
                StepRecord done = next(feeder, start, i, before);
                if (done == null) {
                    listener.onResumePoint(i, totals, StageListener.Occasion.STOP);
                    throw interrupted(i);
                }
                before = nanoClock.getAsLong();
                totals = totals.plus(done);
                hooks.onStep(done);
                if ((i + 1) % start.batchesPerEpoch() == 0) {
                    hooks.onEpoch(EpochRecord.of(done, totals, validate()));
                    totals = EpochTotals.NONE;
                    listener.onResumePoint(i + 1, totals, StageListener.Occasion.EPOCH);
                    before = nanoClock.getAsLong();
                } else {
                    listener.onResumePoint(i + 1, totals, StageListener.Occasion.STEP);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingFailure(
                    TrainingFailure.Code.INTERRUPTED, "stopped: the training thread was interrupted", e);
        }
    }

    /** One step, or null when asked to stop. */
    private @Nullable StepRecord next(BatchFeeder feeder, StageStart start, long index, long before)
            throws InterruptedException {
        long loadFrom = nanoClock.getAsLong();
        PreparedBatch batch = null;
        while (batch == null) {
            if (stop.getAsBoolean()) {
                return null;
            }
            batch = feeder.poll(POLL_MILLIS);
        }
        long waitFrom = nanoClock.getAsLong();
        SoftLabels labels = null;
        CompletableFuture<SoftLabels> answer = batch.answer();
        while (answer != null && labels == null) {
            if (stop.getAsBoolean()) {
                return null;
            }
            labels = await(answer);
        }
        long computeFrom = nanoClock.getAsLong();
        StepResult result = step(batch, labels, index);
        ledger.applied(plan.index(), index, labels);
        if (labels != null && source != null) {
            source.release(labels);
        }
        long end = nanoClock.getAsLong();
        return new StepRecord(
                plan.index(),
                (int) (index / start.batchesPerEpoch()),
                index,
                batch.rows(),
                result.counted(),
                result.loss(),
                result.softLoss(),
                result.hardLoss(),
                result.hintLoss(),
                result.correct(),
                result.agreeing(),
                labels != null,
                learningRate.rate(index),
                result.skipped(),
                result.lossScale(),
                end - computeFrom,
                waitFrom - loadFrom,
                labels == null ? 0 : computeFrom - waitFrom,
                end - before);
    }

    private StepResult step(PreparedBatch batch, @Nullable SoftLabels labels, long index) {
        if (labels != null && labels.batchId() != batch.batch().batchId()) {
            throw new TrainingFailure(
                    TrainingFailure.Code.BAD_LABELS,
                    "soft labels: of batch " + labels.batchId() + " (expected: of batch "
                            + batch.batch().batchId() + ")");
        }
        try {
            return step.run(
                    batch.inputs(),
                    batch.rows(),
                    labels == null ? null : labels.logits(),
                    labels == null ? List.of() : labels.hints(),
                    batch.labels(),
                    learningRate.rate(index),
                    index);
        } catch (NonFiniteLossException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.DIVERGED,
                    "loss at stages[" + plan.index() + "], step " + index + ": not finite (expected: finite; a lower"
                            + " learningRate.initial or a longer warmupEpochs may help)",
                    e);
        }
    }

    /** The labels, or null when they have not come within the poll time. */
    private static @Nullable SoftLabels await(CompletableFuture<SoftLabels> answer) throws InterruptedException {
        try {
            return answer.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TrainingFailure failure) {
                throw failure;
            }
            throw new TrainingFailure(
                    TrainingFailure.Code.TEACHER_UNAVAILABLE,
                    "soft labels: " + e.getCause().getMessage(),
                    e);
        }
    }

    private @Nullable Score validate() {
        SampleIds ids = plan.validation();
        if (ids.size() == 0) {
            return null;
        }
        SampleReader reader = plan.plainReader();
        Score score = new Score();
        for (long from = 0; from < ids.size(); from += VALIDATION_BATCH) {
            List<View> views = SampleReader.plain(ids, from, VALIDATION_BATCH);
            score.add(step.logits(reader.inputs(views), views.size()), reader.labels(views));
        }
        return score;
    }

    private TrainingFailure interrupted(long at) {
        return new TrainingFailure(
                TrainingFailure.Code.INTERRUPTED,
                "stopped as asked at stages[" + plan.index() + "], step " + at + "; --resume goes on from there");
    }
}
