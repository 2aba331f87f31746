package io.reflux.app.quantize;

import io.reflux.quantization.ptq.LayersConfig;
import io.reflux.quantization.ptq.RefinementConfig;
import io.reflux.quantization.rounding.RoundingConfig;
import io.reflux.quantization.rounding.RoundingTarget;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is done for accuracy beside choosing ranges. */
final class RefinementOptions {

    /** With fewer, equalised and corrected networks did worse than others: docs/quantization.md has the table. */
    private static final int LEAST_BITS = 3;

    @Option(
            names = "--equalize",
            negatable = true,
            fallbackValue = "true",
            description =
                    "Move scales between layers first, so that all channels of a weight have one range; without the"
                            + " option for weights of 3 to 7 bits.")
    private @Nullable Boolean equalize;

    @Option(
            names = "--bias-correction",
            negatable = true,
            fallbackValue = "true",
            description =
                    "Let biases take back what rounded weights shift on average; without the option for weights of"
                            + " 3 bits and more.")
    private @Nullable Boolean biasCorrection;

    @Option(
            names = "--rounding",
            paramLabel = "NAME",
            defaultValue = "nearest",
            description = "How weights become integers: nearest, or adaround, which learns it (default:"
                    + " ${DEFAULT-VALUE}).")
    private String rounding;

    @Option(
            names = "--rounding-target",
            paramLabel = "NAME",
            defaultValue = "layers",
            description = "What adaround keeps: what the layers give, one by one, or the logits (default:"
                    + " ${DEFAULT-VALUE}).")
    private String target;

    @Option(
            names = "--rounding-iterations",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Steps of adaround for a layer, or for all with the logits (default: ${DEFAULT-VALUE}).")
    private int iterations;

    /** @throws io.reflux.model.graph.ModelException if a name is none, or a number out of its range */
    RefinementConfig refinement(LayersConfig layers) {
        RoundingConfig chosen = RoundingConfig.of(rounding);
        RoundingConfig.Learned learned = new RoundingConfig.Learned(
                RoundingTarget.of(target),
                iterations,
                RoundingConfig.Learned.DEFAULT.learningRate(),
                RoundingConfig.Learned.DEFAULT.seed());
        int bits = layers.weightBits();
        return new RefinementConfig(
                equalize == null ? bits >= LEAST_BITS && bits < Byte.SIZE : equalize,
                biasCorrection == null ? bits >= LEAST_BITS : biasCorrection,
                chosen instanceof RoundingConfig.Learned ? learned : chosen);
    }
}
