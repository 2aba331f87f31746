package io.reflux.quantization.placement;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.Scheme;
import io.reflux.quantization.target.Target;

/**
 * Scales for groups of neighbours along the inputs of a MatMul or Gemm that reads floats. Many scales make up for few bits;
 * layers that run in integers have one for each output, as do convolutions.
 *
 * @param size neighbours that share a scale, a power of 2 from 16 to 256, as ONNX Runtime's MatMulNBits takes them; 0 = no
 *     groups
 * @param asymmetric whether each group has a zero point, too
 */
public record WeightGroups(int size, boolean asymmetric) {

    /** One scale for each output. */
    public static final WeightGroups NONE = new WeightGroups(0, false);

    /** The operator set that groups need. */
    public static final int OPSET = 21;

    private static final int LEAST = 16;

    private static final int MOST = 256;

    public WeightGroups {
        boolean power = Integer.bitCount(size) == 1 && size >= LEAST && size <= MOST;
        if (size != 0 && !power) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "groupSize: " + size + " (expected: 0, 16, 32, 64, 128 or 256)");
        }
        if (asymmetric && size == 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "asymmetric: true (expected: false, since groupSize is 0)");
        }
    }

    /** Whether there are any. */
    public boolean areThere() {
        return size > 0;
    }

    private boolean applyTo(GraphNode layer, LayerBits bits) {
        return areThere() && bits.activations() == 0 && !layer.operator().equals("Conv");
    }

    /** Which elements of a layer's weight share a scale. */
    Granularity granularity(GraphNode layer, LayerBits bits) {
        return applyTo(layer, bits)
                ? new Granularity.PerGroup(1 - Layers.outputAxis(layer), size)
                : Layers.perOutput(layer);
    }

    /** What a layer's weight is quantised to. */
    Scheme scheme(GraphNode layer, LayerBits bits, Target target) {
        return asymmetric && applyTo(layer, bits) ? Scheme.unsigned(bits.weights()) : target.weights(bits.weights());
    }
}
