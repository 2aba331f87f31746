package io.reflux.proto.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class SoftLabelEncodingTest {

    private static final SoftLabelEncoding FP32 = of(EncodingKind.ENCODING_KIND_FP32);
    private static final SoftLabelEncoding FP16 = of(EncodingKind.ENCODING_KIND_FP16);

    private static SoftLabelEncoding of(EncodingKind kind) {
        return SoftLabelEncoding.of(Encoding.newBuilder().setKind(kind).build());
    }

    private static Iterable<SoftLabelEncoding> all() {
        return SoftLabelEncoding.supported();
    }

    /** The golden bytes of docs/protocol.md. 0.1 is 3dcccccd in binary32 and 2e66 in binary16. */
    @Test
    void encode_goldenRows_giveTheDocumentedBytes() {
        float[] logits = {9, 1, -2, 0.1f, 9};
        assertThat(hex(FP32.encode(logits, 1, 1, 3))).isEqualTo("0000803f" + "000000c0" + "cdcccc3d");
        assertThat(hex(FP16.encode(logits, 1, 1, 3))).isEqualTo("003c" + "00c0" + "662e");
        assertThat(hex(FP16.encode(new float[] {1e6f, -1e6f}, 0, 2, 1))).isEqualTo("ff7b" + "fffb");
    }

    @Test
    void encodedBytes_areElementsTimesTheirSize() {
        assertThat(FP32.encodedBytes(3, 10)).isEqualTo(120);
        assertThat(FP16.encodedBytes(3, 10)).isEqualTo(60);
        assertThat(FP16.encodedBytes(0, 10)).isZero();
    }

    @Property
    void fp32_anyFinite_comesBackExactly(@ForAll @Size(12) float[] logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                return;
            }
        }
        float[] back = new float[14];
        FP32.decode(FP32.encode(logits, 0, 4, 3), 4, 3, back, 2);
        for (int i = 0; i < logits.length; i++) {
            assertThat(Float.floatToRawIntBits(back[i + 2])).isEqualTo(Float.floatToRawIntBits(logits[i]));
        }
    }

    @Property
    void fp16_ordinaryLogits_comeBackWithin11Bits(
            @ForAll @Size(12) List<@FloatRange(min = -60000, max = 60000) Float> values) {
        float[] logits = new float[12];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = values.get(i);
        }
        float[] back = new float[12];
        FP16.decode(FP16.encode(logits, 0, 4, 3), 4, 3, back, 0);
        for (int i = 0; i < logits.length; i++) {
            // Half a unit in the last place: 2^-11 relative, 2^-25 absolute among subnormals.
            assertThat((double) back[i]).isCloseTo(logits[i], within(Math.max(Math.abs(logits[i]) * 0x1p-11, 0x1p-25)));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void encode_nonFinite_isRefusedWithItsPlace(SoftLabelEncoding encoding) {
        float[] logits = {0, 1, 2, 3, Float.NaN, 5};
        assertThatThrownBy(() -> encoding.encode(logits, 1, 2, 2))
                .isInstanceOfSatisfying(
                        EncodingException.class, e -> assertThat(e.code()).isEqualTo(EncodingException.Code.NON_FINITE))
                .hasMessage("logits[row 1][class 1]: NaN (expected: finite)");
        logits[4] = Float.NEGATIVE_INFINITY;
        assertThatThrownBy(() -> encoding.encode(logits, 1, 2, 2))
                .hasMessage("logits[row 1][class 1]: -Infinity (expected: finite)");
    }

    @Test
    void decode_nonFinite_isRefused() {
        ByteString nan32 = ByteString.fromHex("0000c07f");
        assertThatThrownBy(() -> FP32.decode(nan32, 1, 1, new float[1], 0))
                .hasMessage("logits[row 0][class 0]: NaN (expected: finite)");
        ByteString infinity16 = ByteString.fromHex("0000007c");
        assertThatThrownBy(() -> FP16.decode(infinity16, 1, 2, new float[2], 0))
                .hasMessage("logits[row 0][class 1]: Infinity (expected: finite)");
    }

    @ParameterizedTest
    @MethodSource("all")
    void decode_wrongLength_isRefused(SoftLabelEncoding encoding) {
        ByteString payload = encoding.encode(new float[6], 0, 2, 3);
        assertThatThrownBy(() -> encoding.decode(payload, 3, 3, new float[9], 0))
                .isInstanceOfSatisfying(
                        EncodingException.class, e -> assertThat(e.code()).isEqualTo(EncodingException.Code.LENGTH))
                .hasMessage("payload: " + payload.size() + " bytes (expected: " + payload.size() / 2 * 3 + ")");
    }

    @ParameterizedTest
    @MethodSource("all")
    void blocks_outsideTheirArray_areRefused(SoftLabelEncoding encoding) {
        assertThatThrownBy(() -> encoding.encode(new float[6], 1, 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> encoding.decode(ByteString.EMPTY, 2, 3, new float[5], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> encoding.encodedBytes(1, 0)).hasMessage("classes: 0 (expected: >= 1)");
        assertThatThrownBy(() -> encoding.encodedBytes(-1, 1)).hasMessage("rows: -1 (expected: >= 0)");
        assertThatThrownBy(() -> encoding.encodedBytes(1 << 20, 1 << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048576 x 1048576");
    }

    @ParameterizedTest
    @EnumSource(
            value = EncodingKind.class,
            names = {"ENCODING_KIND_INT8_ROWS", "ENCODING_KIND_TOP_K", "ENCODING_KIND_RANDOM_SAMPLING"})
    void of_kindsForLater_areUnsupported(EncodingKind kind) {
        assertThatThrownBy(() -> of(kind))
                .isInstanceOfSatisfying(
                        EncodingException.class,
                        e -> assertThat(e.code()).isEqualTo(EncodingException.Code.UNSUPPORTED))
                .hasMessage("encoding.kind: " + kind + " (expected: ENCODING_KIND_FP32 or ENCODING_KIND_FP16)");
    }

    @Test
    void of_contradictions_areInvalid() {
        Encoding fp16 =
                Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP16).build();
        expectInvalid(fp16.toBuilder().setKindValue(77), "encoding.kind: 77");
        expectInvalid(fp16.toBuilder().setCount(-1), "encoding.count: 4294967295");
        expectInvalid(fp16.toBuilder().setTemperature(2), "encoding.temperature: 2.0");
        expectInvalid(fp16.toBuilder().setTemperature(Float.NaN), "encoding.temperature: NaN");
        expectInvalid(fp16.toBuilder().setCompressionValue(9), "encoding.compression: 9");
        assertThatThrownBy(() -> SoftLabelEncoding.of(fp16.toBuilder()
                        .setCompression(Compression.COMPRESSION_ZSTD)
                        .build()))
                .hasMessage("encoding.compression: COMPRESSION_ZSTD (expected: COMPRESSION_NONE)");
    }

    private static void expectInvalid(Encoding.Builder description, String message) {
        assertThatThrownBy(() -> SoftLabelEncoding.of(description.build()))
                .isInstanceOfSatisfying(
                        EncodingException.class, e -> assertThat(e.code()).isEqualTo(EncodingException.Code.INVALID))
                .hasMessageStartingWith(message + " (expected: ");
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
