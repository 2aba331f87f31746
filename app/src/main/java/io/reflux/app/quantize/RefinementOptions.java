package io.reflux.app.quantize;

import io.reflux.quantization.ptq.LayersConfig;
import io.reflux.quantization.ptq.RefinementConfig;
import io.reflux.quantization.rounding.RoundingConfig;
import io.reflux.quantization.rounding.RoundingTarget;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is done for accuracy beside choosing ranges. */
final class RefinementOptions {

    @Option(
            names = "--equalize",
            negatable = true,
            fallbackValue = "true",
            description =
                    "Move scales between layers first, so that all channels of a weight have one range; without the"
                            + " option only for weights of fewer than 8 bits.")
    private @Nullable Boolean equalize;

    @Option(
            names = "--bias-correction",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Let biases take back what rounded weights shift on average (default: ${DEFAULT-VALUE}).")
    private boolean biasCorrection;

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
        return new RefinementConfig(
                equalize == null ? layers.weightBits() < 8 : equalize,
                biasCorrection,
                chosen instanceof RoundingConfig.Learned ? learned : chosen);
    }
}
