package io.reflux.quantization.storage;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.qparams.Granularity;
import java.util.Arrays;

/** What a weight takes in a file, before there is one: to choose bits by. */
public final class WeightBytes {

    private WeightBytes() {}

    /**
     * Bytes of a weight's integers, scales and zero points, and of the nodes that unpack it, to within some tens. The names
     * and the pair's own node are left out: they are there at any number of bits.
     *
     * @param shape of the weight
     * @param granularity which elements share a scale
     * @param bits 2 to 8, all of whose integers occur
     * @throws ModelException if the bits are out of range, or the shape lacks the granularity's axis
     */
    public static long of(long[] shape, Granularity granularity, int bits) {
        if (bits < 2 || bits > 8) {
            throw new ModelException(ModelException.Code.INVALID_ARGUMENT, "bits: " + bits + " (expected: 2 to 8)");
        }
        long elements = product(shape);
        long scales = product(granularity.scales(shape));
        long integers = IntegerForm.of(IntegerRange.signed(bits), elements, ModelGraph.MAX_OPSET)
                .bytes(elements);
        return integers + scales * (Float.BYTES + 1);
    }

    /** Bytes of a weight that stays in 32-bit floats. */
    public static long inFloats(long[] shape) {
        return product(shape) * Float.BYTES;
    }

    private static long product(long[] numbers) {
        return Arrays.stream(numbers).reduce(1, Math::multiplyExact);
    }
}
