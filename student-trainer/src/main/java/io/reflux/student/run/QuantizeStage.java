package io.reflux.student.run;

import io.reflux.data.view.Augmentation;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.folding.NormStatistics;
import io.reflux.quantization.plan.BitPlan;
import io.reflux.quantization.ptq.LayersConfig;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.qat.ClippedActivations;
import io.reflux.quantization.qat.TrainedScales;
import io.reflux.quantization.rewrite.PairRemoval;
import io.reflux.quantization.target.Target;
import io.reflux.student.recipe.QuantizeConfig;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.SoftLabelSource;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A stage that quantises the student. */
final class QuantizeStage {
    /** Samples of a batch. */
    static final int BATCH = 32;

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    private final QuantizeConfig config;
    private final @Nullable BitPlan plan;
    private final RunData data;
    private final String device;
    private final PrintStream out;

    /**
     * Prepares the stage.
     *
     * @param plan bits of each layer in the place of the configuration's; null = none
     * @param device where roundings are learned
     * @param out where lines on what is done go
     */
    QuantizeStage(QuantizeConfig config, @Nullable BitPlan plan, RunData data, String device, PrintStream out) {
        this.config = config;
        this.plan = plan;
        this.data = data;
        this.device = device;
        this.out = out;
    }

    /**
     * Returns the student with its pairs, its weights still floats.
     *
     * @param teacher whose logits weights are rounded to keep; null = none is asked
     */
    ModelGraph run(ModelGraph student, @Nullable SoftLabelSource teacher) {
        SampleReader reader = SampleReader.of(data.splits().training(), Augmentation.NONE, data.scaling());
        PlainBatches batches = new PlainBatches(reader, data.splits().train(), config.calibrationSamples(), BATCH);
        QuantizationConfig quantization = plan == null
                ? config.quantization()
                : config.quantization().withTarget(Target.of(plan.profile().target()));
        ModelGraph clipped = ClippedActivations.fix(student);
        ModelGraph start = config.recalibrate() ? PairRemoval.remove(clipped) : clipped;
        Quantizer quantizer = plan == null
                ? Quantizer.forTraining(start, quantization)
                : Quantizer.forTraining(start, quantization, plan.choice());
        Iterable<CalibrationBatch> samples = teacher == null ? batches : TaughtBatches.of(batches, teacher);
        QuantizedGraph quantized = quantizer.quantize(new CalibrationRun(samples, THREADS, device, out::println));
        out.printf(
                Locale.ROOT,
                "quantized %d layers for %s: %s, scales %s%n",
                quantized.layers().size(),
                quantization.target().label(),
                plan == null
                        ? bits(quantization.layers())
                        : String.format(
                                Locale.ROOT,
                                "weights of %.2f bits on average, by %s",
                                plan.averageBits(),
                                config.plan()),
                config.scales());
        quantized.notices().forEach(out::println);
        out.flush();
        ModelGraph graph = config.freezesNorms()
                ? NormStatistics.freeze(quantized.trainable())
                : NormStatistics.thaw(quantized.trainable());
        return switch (config.scales()) {
            case QuantizeConfig.LEARNED -> TrainedScales.learn(graph);
            case QuantizeConfig.PACT -> ClippedActivations.clip(TrainedScales.learn(graph));
            default -> TrainedScales.fix(graph);
        };
    }

    private static String bits(LayersConfig layers) {
        return "weights of " + layers.weightBits() + " bits, activations "
                + (layers.activationBits() == 0 ? "in floats" : "of " + layers.activationBits() + " bits");
    }
}
