package io.reflux.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

final class GraphTensorTest {

    @Property
    void floats_throughTheFileFormat_areUnchanged(@ForAll float[] values) {
        GraphTensor tensor = GraphTensor.of("t", new long[] {values.length}, values);

        assertThat(TensorProtos.read(TensorProtos.write(tensor))).isEqualTo(tensor);
        assertThat(tensor.floats()).isEqualTo(values);
        assertThat(tensor.byteSize()).isEqualTo(4 * values.length);
    }

    @Property
    void longs_throughTheFileFormat_areUnchanged(@ForAll long[] values) {
        GraphTensor tensor = GraphTensor.of("t", new long[] {values.length}, values);

        assertThat(TensorProtos.read(TensorProtos.write(tensor)).longs()).isEqualTo(values);
    }

    @Example
    void typedFields_areReadForEveryType() {
        assertThat(TensorProtos.read(proto(DataType.FLOAT)
                                .addFloatData(1.5f)
                                .addFloatData(-2)
                                .build())
                        .floats())
                .containsExactly(1.5f, -2);
        assertThat(TensorProtos.read(proto(DataType.DOUBLE)
                                .addDoubleData(0.1)
                                .addDoubleData(3)
                                .build())
                        .floats())
                .containsExactly(0.1f, 3);
        assertThat(TensorProtos.read(proto(DataType.INT64)
                                .addInt64Data(1L << 40)
                                .addInt64Data(-1)
                                .build())
                        .longs())
                .containsExactly(1L << 40, -1);
        assertThat(TensorProtos.read(ints(DataType.INT32, 1 << 30, -7)).longs()).containsExactly(1 << 30, -7);
        assertThat(TensorProtos.read(ints(DataType.INT8, -128, 127)).longs()).containsExactly(-128, 127);
        assertThat(TensorProtos.read(ints(DataType.UINT8, 0, 255)).longs()).containsExactly(0, 255);
        assertThat(TensorProtos.read(ints(DataType.INT16, -32768, 32767)).longs())
                .containsExactly(-32768, 32767);
        assertThat(TensorProtos.read(ints(DataType.UINT16, 0, 65535)).longs()).containsExactly(0, 65535);
        assertThat(TensorProtos.read(ints(DataType.BOOL, 0, 1)).longs()).containsExactly(0, 1);
    }

    /** onnx.proto, TensorProto: two elements in a byte, the first in the lower nibble. */
    @Example
    void fourBits_lieTwoInAByte() {
        GraphTensor signed = GraphTensor.of("t", ElementType.INT4, new long[] {3}, new long[] {-8, 7, -1});
        GraphTensor unsigned = GraphTensor.of("t", ElementType.UINT4, new long[] {2}, new long[] {1, 15});

        assertThat(TensorProtos.write(signed).getRawData().toByteArray()).containsExactly(0x78, 0x0F);
        assertThat(TensorProtos.write(unsigned).getRawData().toByteArray()).containsExactly(0xF1);
        assertThat(TensorProtos.read(ints(DataType.UINT4, 0xF1)).longs()).containsExactly(1, 15);
        assertThat(signed.byteSize()).isEqualTo(2);
        assertThat(signed.size()).isEqualTo(3);
    }

    /** onnx.proto, TensorProto: four elements in a byte, the first in the lowest bits. */
    @Example
    void twoBits_lieFourInAByte() {
        GraphTensor signed = GraphTensor.of("t", ElementType.INT2, new long[] {5}, new long[] {-2, 1, -1, 0, 1});
        GraphTensor unsigned = GraphTensor.of("t", ElementType.UINT2, new long[] {4}, new long[] {0, 1, 2, 3});

        assertThat(TensorProtos.write(signed).getRawData().toByteArray()).containsExactly(0b00110110, 0b01);
        assertThat(TensorProtos.write(unsigned).getRawData().toByteArray()).containsExactly(0b11100100);
        assertThat(signed.byteSize()).isEqualTo(2);
        assertThat(signed.longs()).containsExactly(-2, 1, -1, 0, 1);
        assertThat(unsigned.longs()).containsExactly(0, 1, 2, 3);
    }

    @Property
    void integers_ofAnyWidth_throughTheFileFormat_areUnchanged(
            @ForAll("integers") ElementType type, @ForAll @Size(max = 9) long[] drawn) {
        long[] values = LongStream.of(drawn)
                .map(value -> type.least() + Math.floorMod(value, type.most() - type.least() + 1))
                .toArray();
        GraphTensor tensor = GraphTensor.of("t", type, new long[] {values.length}, values);

        assertThat(TensorProtos.read(TensorProtos.write(tensor))).isEqualTo(tensor);
        assertThat(tensor.longs()).isEqualTo(values);
    }

    @Provide
    static Arbitrary<ElementType> integers() {
        return Arbitraries.of(ElementType.values())
                .filter(type -> !type.isFloatingPoint() && type != ElementType.INT64);
    }

    @Example
    void rawBytes_areLittleEndian() {
        TensorProto proto = proto(DataType.INT32)
                .setRawData(ByteString.copyFrom(new byte[] {1, 2, 0, 0, -1, -1, -1, -1}))
                .build();

        assertThat(TensorProtos.read(proto).longs()).containsExactly(0x0201, -1);
    }

    @Example
    void scalar_hasNoDimensionsAndOneValue() {
        GraphTensor scalar = GraphTensor.of("s", new long[0], new float[] {3});

        assertThat(scalar.size()).isEqualTo(1);
        assertThat(scalar).hasToString("s FLOAT[]");
    }

    @Example
    void accessors_ofTheWrongType_areRefused() {
        GraphTensor floats = GraphTensor.of("f", new long[] {1}, new float[1]);
        GraphTensor longs = GraphTensor.of("l", new long[] {1}, new long[1]);

        assertThatThrownBy(floats::longs).hasMessage("f: element type FLOAT (expected: integers or BOOL)");
        assertThatThrownBy(longs::floats).hasMessage("l: element type INT64 (expected: FLOAT or DOUBLE)");
    }

    @Example
    void of_countUnlikeShape_isRefused() {
        assertThatThrownBy(() -> GraphTensor.of("t", new long[] {2, 2}, new float[3]))
                .hasMessage("t: 3 values (expected: 4 for shape [2, 2])");
    }

    @Example
    void arrays_areCopies() {
        GraphTensor tensor = GraphTensor.of("t", new long[] {1}, new float[] {1});
        tensor.floats()[0] = 9;
        tensor.shape()[0] = 9;

        assertThat(tensor.floats()).containsExactly(1);
        assertThat(tensor.shape()).containsExactly(1);
    }

    private static TensorProto.Builder proto(DataType type) {
        return TensorProto.newBuilder().setName("t").addDims(2).setDataType(type.getNumber());
    }

    private static TensorProto ints(DataType type, Integer... values) {
        return proto(type).addAllInt32Data(List.of(values)).build();
    }
}
