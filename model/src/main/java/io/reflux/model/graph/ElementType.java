package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The element types of tensors that a {@link ModelGraph} can hold. */
public enum ElementType {
    FLOAT(DataType.FLOAT, 4),
    DOUBLE(DataType.DOUBLE, 8),
    INT64(DataType.INT64, 8),
    INT32(DataType.INT32, 4),
    INT8(DataType.INT8, 1),
    UINT8(DataType.UINT8, 1),
    BOOL(DataType.BOOL, 1);

    private final DataType onnx;
    private final int bytes;

    ElementType(DataType onnx, int bytes) {
        this.onnx = onnx;
        this.bytes = bytes;
    }

    /** Bytes of one element in memory and in a file. */
    public int bytes() {
        return bytes;
    }

    /** Whether values of this type are real numbers, so that a gradient makes sense. */
    public boolean isFloatingPoint() {
        return this == FLOAT || this == DOUBLE;
    }

    DataType onnx() {
        return onnx;
    }

    /** The type of an ONNX code; empty for the types that tensors here cannot have. */
    public static Optional<ElementType> of(int onnxCode) {
        return Arrays.stream(values())
                .filter(type -> type.onnx.getNumber() == onnxCode)
                .findFirst();
    }

    /** The name ONNX gives the code, for messages about types that are not in this enum. */
    public static String onnxName(int onnxCode) {
        DataType known = DataType.forNumber(onnxCode);
        return known == null ? "element type " + onnxCode : known.name();
    }

    /** All names, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
