package io.reflux.quantization.ptq;

import io.reflux.model.graph.ModelException;
import io.reflux.quantization.observer.ObserverConfig;
import io.reflux.quantization.placement.WeightGroups;
import io.reflux.quantization.target.Target;
import java.util.List;

/**
 * How a graph is quantised: a record for each concern.
 *
 * @param target the engine it is made for
 * @param layers which layers, and to how many bits
 * @param observer what chooses the activations' ranges
 * @param refinement what is done for accuracy beside that
 */
public record QuantizationConfig(
        Target target, LayersConfig layers, ObserverConfig observer, RefinementConfig refinement) {

    /** 8 bits for ONNX Runtime on processors, ranges by least squared error. */
    public static final QuantizationConfig INT8 = new QuantizationConfig(
            Target.ONNXRUNTIME_CPU, LayersConfig.INT8, new ObserverConfig.SquaredError(), RefinementConfig.NONE);

    /** @throws ModelException if the target has no integers of so many bits */
    public QuantizationConfig {
        target.weights(layers.weightBits());
        if (layers.activationBits() != 0) {
            target.activations(layers.activationBits());
        }
    }

    public QuantizationConfig withTarget(Target other) {
        return new QuantizationConfig(other, layers, observer, refinement);
    }

    public QuantizationConfig withLayers(LayersConfig other) {
        return new QuantizationConfig(target, other, observer, refinement);
    }

    public QuantizationConfig withBits(int weights, int activations) {
        return withLayers(layers.withBits(weights, activations, layers.endBits()));
    }

    public QuantizationConfig withEndBits(int bits) {
        return withLayers(layers.withBits(layers.weightBits(), layers.activationBits(), bits));
    }

    /** With tables in 8 bits, or in floats. */
    public QuantizationConfig withTables(boolean tables) {
        return withLayers(new LayersConfig(
                layers.weightBits(),
                layers.activationBits(),
                layers.endBits(),
                layers.keep(),
                layers.groups(),
                tables));
    }

    public QuantizationConfig withGroups(WeightGroups groups) {
        return withLayers(new LayersConfig(
                layers.weightBits(),
                layers.activationBits(),
                layers.endBits(),
                layers.keep(),
                groups,
                layers.tables()));
    }

    public QuantizationConfig withObserver(ObserverConfig other) {
        return new QuantizationConfig(target, layers, other, refinement);
    }

    public QuantizationConfig withKeep(List<String> patterns) {
        return withLayers(new LayersConfig(
                layers.weightBits(),
                layers.activationBits(),
                layers.endBits(),
                patterns,
                layers.groups(),
                layers.tables()));
    }

    public QuantizationConfig withRefinement(RefinementConfig other) {
        return new QuantizationConfig(target, layers, observer, other);
    }
}
