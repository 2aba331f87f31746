package io.reflux.quantization.storage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import java.util.Arrays;
import java.util.List;

/**
 * A type of ONNX; behind one of fewer than 8 bits stands a Cast, for kernels read integers of 8.
 *
 * @param step what the integers are divided by in the file
 */
record TypedForm(ElementType type, long step) implements IntegerForm {

    /** Those without a Cast first: of equal bytes, the first is taken. */
    static final List<ElementType> TYPES = List.of(
            ElementType.INT8,
            ElementType.UINT8,
            ElementType.INT4,
            ElementType.UINT4,
            ElementType.INT2,
            ElementType.UINT2);

    private static final int BYTES_OF_CAST = 50;

    @Override
    public long bytes(long elements) {
        return type.bytes(elements)
                + (type.bits() == Byte.SIZE ? 0 : BYTES_OF_CAST)
                + (step == 1 ? 0 : 2 * BYTES_OF_CAST);
    }

    @Override
    public int opset() {
        return switch (type.bits()) {
            case 2 -> 25;
            case 4 -> 21;
            default -> 13;
        };
    }

    @Override
    public String write(GraphTensor tensor, UnpackingNodes out) {
        if (type.bits() == Byte.SIZE) {
            return out.tensor(tensor);
        }
        String packed = out.tensor(GraphTensor.of(
                tensor.name(),
                type,
                tensor.shape(),
                Arrays.stream(tensor.longs()).map(value -> value / step).toArray()));
        if (step != 1) {
            String wide =
                    out.node("Cast", List.of(packed), Attributes.NONE.withInt("to", ElementType.INT64.onnxCode()));
            packed = out.node("Mul", List.of(wide, out.shared(step)), Attributes.NONE);
        }
        return out.node(
                "Cast",
                List.of(packed),
                Attributes.NONE.withInt("to", tensor.type().onnxCode()));
    }
}
