package io.reflux.quantization.ptq;

import io.reflux.model.graph.ModelException;
import io.reflux.quantization.observer.ObserverConfig;
import io.reflux.quantization.target.Target;
import java.util.List;

/**
 * How a graph is quantised.
 *
 * @param target the engine it is made for
 * @param weightBits bits of the weights, as the target has them
 * @param activationBits bits of what layers read, as the target has them; 0 = floats, so that only weights are quantised
 * @param endBits bits that the first and the last layer have at least, 2 to 8 (Esser et al. 2020, sec. 3: 8)
 * @param observer what chooses the activations' ranges
 * @param keep patterns of names of the layers that stay in floats, {@code *} for any characters
 */
public record QuantizationConfig(
        Target target, int weightBits, int activationBits, int endBits, ObserverConfig observer, List<String> keep) {

    /** 8 bits for ONNX Runtime on processors, ranges by least squared error. */
    public static final QuantizationConfig INT8 =
            new QuantizationConfig(Target.ONNXRUNTIME_CPU, 8, 8, 8, new ObserverConfig.SquaredError(), List.of());

    /** @throws ModelException if the target has no integers of so many bits */
    public QuantizationConfig {
        target.weights(weightBits);
        if (activationBits != 0) {
            target.activations(activationBits);
        }
        if (endBits < 2 || endBits > 8) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "endBits: " + endBits + " (expected: 2 to 8)");
        }
        keep = List.copyOf(keep);
    }

    public QuantizationConfig withTarget(Target other) {
        return new QuantizationConfig(other, weightBits, activationBits, endBits, observer, keep);
    }

    public QuantizationConfig withBits(int weights, int activations) {
        return new QuantizationConfig(target, weights, activations, endBits, observer, keep);
    }

    public QuantizationConfig withEndBits(int bits) {
        return new QuantizationConfig(target, weightBits, activationBits, bits, observer, keep);
    }

    public QuantizationConfig withObserver(ObserverConfig other) {
        return new QuantizationConfig(target, weightBits, activationBits, endBits, other, keep);
    }

    public QuantizationConfig withKeep(List<String> patterns) {
        return new QuantizationConfig(target, weightBits, activationBits, endBits, observer, patterns);
    }
}
