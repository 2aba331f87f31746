package io.reflux.student.run;

import io.reflux.data.view.Augmentation;
import io.reflux.model.graph.ModelGraph;
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
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A stage that quantises the student. */
final class QuantizeStage {
    private static final int BATCH = 32;

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    private QuantizeStage() {}

    /**
     * Returns the student with its pairs, its weights still floats; says in a line or more what was done.
     *
     * @param plan bits of each layer in the place of the configuration's; null = none
     */
    static ModelGraph run(
            QuantizeConfig config, @Nullable BitPlan plan, ModelGraph student, RunData data, PrintStream out) {
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
        QuantizedGraph quantized = quantizer.quantize(batches, THREADS);
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
