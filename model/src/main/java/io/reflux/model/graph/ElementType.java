package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The element types of tensors that a {@link ModelGraph} can hold.
 *
 * <p>Integers of 16, 4 and 2 bits are how quantised values are stored: only QuantizeLinear makes them, and only
 * DequantizeLinear and Cast read them. Two of 4 bits share a byte, and four of 2, the first in its lowest bits.
 */
public enum ElementType {
    FLOAT(DataType.FLOAT, 32),
    DOUBLE(DataType.DOUBLE, 64),
    INT64(DataType.INT64, 64),
    INT32(DataType.INT32, 32),
    INT16(DataType.INT16, 16),
    UINT16(DataType.UINT16, 16),
    INT8(DataType.INT8, 8),
    UINT8(DataType.UINT8, 8),
    INT4(DataType.INT4, 4),
    UINT4(DataType.UINT4, 4),
    INT2(Codes.INT2, 2),
    UINT2(Codes.UINT2, 2),
    BOOL(DataType.BOOL, 8);

    private final int onnxCode;
    private final int bits;

    ElementType(DataType onnx, int bits) {
        this(onnx.getNumber(), bits);
    }

    ElementType(int onnxCode, int bits) {
        this.onnxCode = onnxCode;
        this.bits = bits;
    }

    /** Types that are newer than the protobuf classes. */
    private static final class Codes {
        static final int UINT2 = 25;
        static final int INT2 = 26;
    }

    /** Bits of one element in memory and in a file. */
    public int bits() {
        return bits;
    }

    /** Bytes of so many elements in memory and in a file; a last byte may be half full. */
    public long bytes(long elements) {
        return (elements * bits + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** Whether values of this type are real numbers, so that a gradient makes sense. */
    public boolean isFloatingPoint() {
        return this == FLOAT || this == DOUBLE;
    }

    /** Whether operators beside QuantizeLinear and DequantizeLinear compute with this type. */
    public boolean isComputed() {
        return computedAs() == this;
    }

    /** The type whose arithmetic this one's values go through: the type itself, or a wider one that holds them. */
    public ElementType computedAs() {
        return switch (this) {
            case INT16, UINT16 -> INT32;
            case INT4, INT2 -> INT8;
            case UINT4, UINT2 -> UINT8;
            default -> this;
        };
    }

    /**
     * The smallest number of this type.
     *
     * @throws IllegalStateException if it is a type of real numbers
     */
    public long least() {
        return isSigned() ? -1L << (bits - 1) : 0;
    }

    /**
     * The largest number of this type; 1 for BOOL.
     *
     * @throws IllegalStateException if it is a type of real numbers
     */
    public long most() {
        return this == BOOL ? 1 : -1L >>> (Long.SIZE - bits + (isSigned() ? 1 : 0));
    }

    private boolean isSigned() {
        if (isFloatingPoint()) {
            throw new IllegalStateException(this + " (expected: integers)");
        }
        return this != UINT16 && this != UINT8 && this != UINT4 && this != UINT2 && this != BOOL;
    }

    /** The type's number in ONNX files. */
    public int onnxCode() {
        return onnxCode;
    }

    /** The type of an ONNX code; empty for the types that tensors here cannot have. */
    public static Optional<ElementType> of(int onnxCode) {
        return Arrays.stream(values())
                .filter(type -> type.onnxCode() == onnxCode)
                .findFirst();
    }

    /** The name ONNX gives the code, for messages about types that are not in this enum. */
    public static String onnxName(int onnxCode) {
        DataType known = DataType.forNumber(onnxCode);
        return known == null ? of(onnxCode).map(Enum::name).orElse("element type " + onnxCode) : known.name();
    }

    /** All names, for messages. */
    public static String names() {
        return names(type -> true);
    }

    /** The names of some types, for messages. */
    public static String names(Predicate<ElementType> some) {
        return Arrays.stream(values()).filter(some).map(Enum::name).collect(Collectors.joining(", "));
    }
}
