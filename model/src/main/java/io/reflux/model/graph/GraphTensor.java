package io.reflux.model.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * A named constant tensor of a graph: shape, element type and row-major values. Immutable; the accessors that return
 * arrays return copies.
 */
public final class GraphTensor {

    private final String name;
    private final ElementType type;
    private final long[] shape;
    /** Row-major, little-endian, exactly {@code type.bytes(size())} bytes: ONNX's own raw form. */
    private final ByteString bytes;

    GraphTensor(String name, ElementType type, long[] shape, ByteString bytes) {
        this.name = Objects.requireNonNull(name, "name");
        this.type = type;
        this.shape = shape.clone();
        this.bytes = bytes;
        long expected = byteSize(name, type, shape);
        if (bytes.size() != expected) {
            throw new ModelException(
                    ModelException.Code.MALFORMED,
                    name + ": " + bytes.size() + " bytes of values (expected: " + expected + " for " + describe()
                            + ")");
        }
    }

    /**
     * A tensor of 32-bit floats.
     *
     * @param shape dimensions, each at least 0; empty for a scalar
     * @param values row-major, as many as the shape's product
     * @throws ModelException if the count of values differs from the shape's product
     */
    public static GraphTensor of(String name, long[] shape, float[] values) {
        ByteBuffer buffer = allocate(name, ElementType.FLOAT, shape, values.length);
        buffer.asFloatBuffer().put(values);
        return new GraphTensor(name, ElementType.FLOAT, shape, UnsafeByteOperations.unsafeWrap(buffer));
    }

    /** A tensor of 64-bit integers; the rest as in {@link #of(String, long[], float[])}. */
    public static GraphTensor of(String name, long[] shape, long[] values) {
        ByteBuffer buffer = allocate(name, ElementType.INT64, shape, values.length);
        buffer.asLongBuffer().put(values);
        return new GraphTensor(name, ElementType.INT64, shape, UnsafeByteOperations.unsafeWrap(buffer));
    }

    /**
     * A tensor of integers or booleans.
     *
     * @param type any but FLOAT and DOUBLE
     * @param values row-major, in the range of the type; for BOOL, 0 is false and all else true
     * @throws ModelException if the count of values differs from the shape's product, or the type is of real numbers
     */
    public static GraphTensor of(String name, ElementType type, long[] shape, long[] values) {
        ByteBuffer buffer = allocate(name, type, shape, values.length);
        for (int i = 0; i < values.length; i++) {
            long value = values[i];
            switch (type) {
                case INT64 -> buffer.putLong(value);
                case INT32 -> buffer.putInt((int) value);
                case INT16, UINT16 -> buffer.putShort((short) value);
                case INT8, UINT8 -> buffer.put((byte) value);
                case INT4, UINT4, INT2, UINT2 -> {
                    int perByte = Byte.SIZE / type.bits();
                    long bits = (value & (1 << type.bits()) - 1) << i % perByte * type.bits();
                    buffer.put(i / perByte, (byte) (buffer.get(i / perByte) | bits));
                }
                case BOOL -> buffer.put((byte) (value == 0 ? 0 : 1));
                case FLOAT, DOUBLE ->
                    throw new ModelException(
                            ModelException.Code.INVALID_ARGUMENT, name + ": " + type + " (expected: integers)");
            }
        }
        return new GraphTensor(name, type, shape, UnsafeByteOperations.unsafeWrap(buffer.rewind()));
    }

    /**
     * A tensor whose values lie in a buffer, which is copied.
     *
     * @param values row-major, little-endian, those of 4 or 2 bits packed, from the buffer's position to its limit
     * @throws ModelException if the count of bytes differs from what type and shape say
     */
    public static GraphTensor of(String name, ElementType type, long[] shape, ByteBuffer values) {
        return new GraphTensor(name, type, shape, ByteString.copyFrom(values));
    }

    public String name() {
        return name;
    }

    public ElementType type() {
        return type;
    }

    /** Dimensions, a copy; empty for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements, the product of the shape; 1 for a scalar. */
    public int size() {
        return (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
    }

    /** Bytes of the values in memory. */
    public int byteSize() {
        return bytes.size();
    }

    /**
     * The values as floats, row-major, a copy. DOUBLE values are rounded.
     *
     * @throws ModelException if the type is neither FLOAT nor DOUBLE
     */
    public float[] floats() {
        float[] values = new float[size()];
        switch (type) {
            case FLOAT -> buffer().asFloatBuffer().get(values);
            case DOUBLE -> {
                ByteBuffer buffer = buffer();
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) buffer.getDouble(i * Double.BYTES);
                }
            }
            default -> throw wrongType("FLOAT or DOUBLE");
        }
        return values;
    }

    /**
     * The values as integers, row-major, a copy; BOOL reads as 0 and 1, unsigned types as 0 and more.
     *
     * @throws ModelException if the type is FLOAT or DOUBLE
     */
    public long[] longs() {
        long[] values = new long[size()];
        ByteBuffer buffer = buffer();
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case INT64 -> buffer.getLong(i * Long.BYTES);
                case INT32 -> buffer.getInt(i * Integer.BYTES);
                case INT16 -> buffer.getShort(i * Short.BYTES);
                case UINT16 -> Short.toUnsignedInt(buffer.getShort(i * Short.BYTES));
                case INT8 -> buffer.get(i);
                case INT4 -> (byte) (buffer.get(i / 2) << 4 * (1 - i % 2)) >> 4;
                case UINT4 -> buffer.get(i / 2) >> 4 * (i % 2) & 0xF;
                case INT2 -> (byte) (buffer.get(i / 4) << 2 * (3 - i % 4)) >> 6;
                case UINT2 -> buffer.get(i / 4) >> 2 * (i % 4) & 0x3;
                case UINT8 -> Byte.toUnsignedInt(buffer.get(i));
                case BOOL -> buffer.get(i) == 0 ? 0 : 1;
                default -> throw wrongType("integers or BOOL");
            };
        }
        return values;
    }

    /** The same values under another name. */
    public GraphTensor withName(String newName) {
        return new GraphTensor(newName, type, shape, bytes);
    }

    /** Type and shape as people write them: {@code FLOAT[500, 800]}. */
    public String describe() {
        return type + Arrays.toString(shape);
    }

    ByteString bytes() {
        return bytes;
    }

    /** Bytes of a tensor of this shape, after a check that no dimension or product is out of range. */
    static long byteSize(String name, ElementType type, long[] shape) {
        long most = Integer.MAX_VALUE * (long) Byte.SIZE / type.bits();
        long product = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new ModelException(
                        ModelException.Code.MALFORMED,
                        name + ": shape " + Arrays.toString(shape) + " (expected: dimensions >= 0)");
            }
            if (dimension > 0 && product > most / dimension) {
                throw new ModelException(
                        ModelException.Code.MALFORMED,
                        name + ": shape " + Arrays.toString(shape) + " of " + type + " (expected: less than 2 GiB)");
            }
            product *= dimension;
        }
        return type.bytes(product);
    }

    private static ByteBuffer allocate(String name, ElementType type, long[] shape, int count) {
        int bytes = (int) byteSize(name, type, shape);
        long expected = LongStream.of(shape).reduce(1, (a, b) -> a * b);
        if (count != expected) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    name + ": " + count + " values (expected: " + expected + " for shape " + Arrays.toString(shape)
                            + ")");
        }
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The values, row-major and little-endian, those of 4 or 2 bits packed: a view that cannot be written. */
    public ByteBuffer buffer() {
        // Bytes of a parsed file share the file's buffer: position 0 of the slice is where the values begin.
        return bytes.asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private ModelException wrongType(String expected) {
        return new ModelException(
                ModelException.Code.MALFORMED, name + ": element type " + type + " (expected: " + expected + ")");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GraphTensor tensor
                && name.equals(tensor.name)
                && type == tensor.type
                && Arrays.equals(shape, tensor.shape)
                && bytes.equals(tensor.bytes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type, Arrays.hashCode(shape), bytes);
    }

    @Override
    public String toString() {
        return name + " " + describe();
    }
}
