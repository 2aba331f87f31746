package io.reflux.app.quantize;

import io.reflux.app.console.UsageException;
import io.reflux.model.graph.ModelException;
import io.reflux.quantization.observer.ObserverConfig;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.LayersConfig;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.RefinementConfig;
import io.reflux.quantization.sensitivity.HessianSensitivity;
import io.reflux.quantization.sensitivity.KlSensitivity;
import io.reflux.quantization.target.Target;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what a plan may choose from, and by what. */
final class ChoiceOptions {

    @Mixin
    private TargetOption engine;

    @Option(
            names = "--weight-bits",
            paramLabel = "N",
            split = ",",
            defaultValue = "2,4,8",
            description = "Bits of weights to choose from (default: ${DEFAULT-VALUE}).")
    private List<Integer> weightBits;

    @Option(
            names = "--activation-bits",
            paramLabel = "N",
            split = ",",
            defaultValue = "8",
            description = "Bits of what layers read, to choose from; 0 = floats (default: ${DEFAULT-VALUE}).")
    private List<Integer> activationBits;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            defaultValue = KlSensitivity.METRIC,
            description =
                    "What a layer's sensitivity is: kl, measured with each of the bits, or hessian, foretold by the"
                            + " trace of the Hessian and the error of the weights (default: ${DEFAULT-VALUE}).")
    private String metric;

    @Option(names = "--floats", description = "Layers may stay in floats, too.")
    private boolean floats;

    /**
     * Refuses an unknown metric.
     *
     * @throws UsageException if it is neither kl nor hessian
     */
    void check() {
        if (!List.of(KlSensitivity.METRIC, HessianSensitivity.METRIC).contains(metric)) {
            throw new UsageException("--metric: " + metric + " (expected: kl or hessian)");
        }
    }

    String metric() {
        return metric;
    }

    /** Whether layers may stay in floats. */
    boolean floats() {
        return floats;
    }

    /** @throws UsageException where there is no such target */
    QuantizationConfig config(ObserverConfig observer) {
        try {
            return new QuantizationConfig(engine.target(), LayersConfig.INT8, observer, RefinementConfig.NONE);
        } catch (ModelException e) {
            throw new UsageException(e);
        }
    }

    /**
     * The bits of a layer to choose from, in order.
     *
     * @throws UsageException where the target has no such integers
     */
    List<LayerBits> bits() {
        List<LayerBits> bits = new ArrayList<>();
        try {
            Target target = engine.target();
            for (int weights : weightBits.stream().sorted().distinct().toList()) {
                target.weights(weights);
                for (int activations :
                        activationBits.stream().sorted().distinct().toList()) {
                    if (activations != 0) {
                        target.activations(activations);
                    }
                    bits.add(new LayerBits(weights, activations));
                }
            }
        } catch (ModelException e) {
            throw new UsageException(e);
        }
        return bits;
    }
}
