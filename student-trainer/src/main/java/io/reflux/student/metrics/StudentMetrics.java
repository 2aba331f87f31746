package io.reflux.student.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import io.reflux.student.hook.Rates;
import io.reflux.student.hook.StageStart;
import io.reflux.student.hook.StepHook;
import io.reflux.student.hook.StepRecord;
import io.reflux.student.source.CurrentSource;
import io.reflux.student.source.SourceState;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The meters of a student. Losses, training accuracy and agreement are means over the epoch so far; the waiting ratio is a moving
 * average over the last seconds; what is not known yet is NaN. docs/metrics.md and the dashboards use these names.
 */
public final class StudentMetrics implements StepHook {
    private static final double PAST = 0.95;

    private final Timer steps;
    private final Counter samples;
    private final Counter skippedSteps;
    private final Rates rates = new Rates(PAST);
    private EpochTotals totals = EpochTotals.NONE;
    /** Sum over the positions of the epoch so far. */
    private double hintTotal;

    private volatile double loss = Double.NaN;
    private volatile double softLoss = Double.NaN;
    private volatile double hardLoss = Double.NaN;
    private volatile double hintLoss = Double.NaN;
    private volatile double trainAccuracy = Double.NaN;
    private volatile double validationAccuracy = Double.NaN;
    private volatile double validationLoss = Double.NaN;
    private volatile double agreement = Double.NaN;
    private volatile double waitingRatio = Double.NaN;
    private volatile double loadingRatio = Double.NaN;
    private volatile double compressionRatio = Double.NaN;
    private volatile double epoch;
    private volatile double learningRate = Double.NaN;
    private volatile double lossScale = Double.NaN;

    /**
     * Registers the meters. The registry refers to this object weakly; the run holds it.
     *
     * @param registry where to
     * @param source whose state, reconnects and bytes are shown
     */
    public StudentMetrics(MeterRegistry registry, CurrentSource source) {
        steps = Timer.builder("reflux.student.step")
                .description("Time of a training step, without waiting for soft labels.")
                .register(registry);
        samples = Counter.builder("reflux.student.samples")
                .description("Samples trained on.")
                .register(registry);
        skippedSteps = Counter.builder("reflux.student.skipped.steps")
                .description("Updates not made, because gradients were not finite.")
                .register(registry);
        loss(registry, "total", m -> m.loss);
        loss(registry, "soft", m -> m.softLoss);
        loss(registry, "hard", m -> m.hardLoss);
        loss(registry, "hint", m -> m.hintLoss);
        accuracy(registry, "train", m -> m.trainAccuracy);
        accuracy(registry, "validation", m -> m.validationAccuracy);
        gauge(
                registry,
                "validation.loss",
                "Mean cross-entropy of the validation samples, or of their tokens, after the last epoch, in nats.",
                m -> m.validationLoss);
        gauge(
                registry,
                "agreement",
                "Share of samples on which student and teacher agree, in [0, 1].",
                m -> m.agreement);
        gauge(
                registry,
                "waiting.ratio",
                "Share of the time in which steps wait for soft labels, in [0, 1].",
                m -> m.waitingRatio);
        gauge(
                registry,
                "loading.ratio",
                "Share of the time in which steps wait for samples to be read and rendered, in [0, 1].",
                m -> m.loadingRatio);
        gauge(
                registry,
                "compression.ratio",
                "Bytes of the teacher's file / bytes of the student's file.",
                m -> m.compressionRatio);
        gauge(registry, "epoch", "Epochs begun in this stage.", m -> m.epoch);
        gauge(registry, "learning.rate", "Learning rate of the last step.", m -> m.learningRate);
        gauge(
                registry,
                "loss.scale",
                "What the loss of the last step was multiplied by before the backward pass; 1 but in fp16.",
                m -> m.lossScale);
        for (SourceState state : SourceState.values()) {
            Gauge.builder("reflux.student.source.state", source, s -> s.state() == state ? 1 : 0)
                    .tag("state", state.label())
                    .description("1 for the state that the source of soft labels is in, else 0.")
                    .register(registry);
        }
        FunctionCounter.builder("reflux.student.source.reconnects", source, CurrentSource::reconnects)
                .description("Connections to the teacher made again.")
                .register(registry);
        FunctionCounter.builder("reflux.student.label.bytes", source, CurrentSource::labelBytes)
                .description("Bytes of soft labels received.")
                .register(registry);
    }

    private void loss(MeterRegistry registry, String part, ToDoubleFunction<StudentMetrics> value) {
        Gauge.builder("reflux.student.loss", this, value)
                .tag("part", part)
                .description("Mean loss of the epoch so far; the soft part is times T^2.")
                .register(registry);
    }

    private void accuracy(MeterRegistry registry, String split, ToDoubleFunction<StudentMetrics> value) {
        Gauge.builder("reflux.student.accuracy", this, value)
                .tag("split", split)
                .description("Share of correct samples, in [0, 1].")
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<StudentMetrics> value) {
        Gauge.builder("reflux.student." + name, this, value)
                .description(description)
                .register(registry);
    }

    /** Shows the compression ratio as soon as the files are known. */
    public void compressionRatio(double ratio) {
        compressionRatio = ratio;
    }

    @Override
    public void onStage(StageStart start) {
        totals = EpochTotals.NONE;
        hintTotal = 0;
        rates.reset();
        epoch = (double) start.firstStep() / start.batchesPerEpoch();
    }

    @Override
    public void onStep(StepRecord step) {
        totals = totals.plus(step);
        rates.add(step);
        steps.record(step.computeNanos(), TimeUnit.NANOSECONDS);
        samples.increment(step.rows());
        double positions = totals.positions();
        loss = totals.loss() / positions;
        softLoss = step.distilled() ? totals.softLoss() / positions : Double.NaN;
        hardLoss = totals.hardLoss() / positions;
        hintTotal += step.hintLoss() * step.positions();
        hintLoss = hintTotal == 0 ? Double.NaN : hintTotal / positions;
        trainAccuracy = totals.correct() / positions;
        agreement = step.distilled() ? totals.agreeing() / positions : Double.NaN;
        waitingRatio = rates.waitingShare();
        loadingRatio = rates.loadingShare();
        learningRate = step.learningRate();
        lossScale = step.lossScale();
        skippedSteps.increment(step.skipped() ? 1 : 0);
        epoch = step.epoch() + 1.0;
    }

    @Override
    public void onEpoch(EpochRecord done) {
        totals = EpochTotals.NONE;
        hintTotal = 0;
        Double validation = done.validationAccuracy();
        if (validation != null) {
            validationAccuracy = validation;
        }
        Double nats = done.validationLoss();
        if (nats != null) {
            validationLoss = nats;
        }
    }
}
