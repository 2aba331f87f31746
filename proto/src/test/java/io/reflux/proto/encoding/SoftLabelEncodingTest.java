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
import java.util.function.IntToLongFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SoftLabelEncodingTest {

    private static final SoftLabelEncoding FP32 = of(EncodingKind.ENCODING_KIND_FP32);
    private static final SoftLabelEncoding FP16 = of(EncodingKind.ENCODING_KIND_FP16);

    private static final SoftLabelEncoding INT8 = of(EncodingKind.ENCODING_KIND_INT8_ROWS);
    private static final IntToLongFunction SEEDS = row -> row;

    private static SoftLabelEncoding of(EncodingKind kind) {
        return SoftLabelEncoding.of(Encoding.newBuilder().setKind(kind).build());
    }

    private static SoftLabelEncoding of(EncodingKind kind, int count, float temperature) {
        return SoftLabelEncoding.of(Encoding.newBuilder()
                .setKind(kind)
                .setCount(count)
                .setTemperature(temperature)
                .build());
    }

    /** Those without settings. */
    private static List<SoftLabelEncoding> plain() {
        return List.of(FP32, FP16, INT8);
    }

    private static List<SoftLabelEncoding> all() {
        return SoftLabelEncoding.served().stream()
                .map(served -> SoftLabelEncoding.of(
                        served.getKind() == EncodingKind.ENCODING_KIND_TOP_K
                                        || served.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING
                                ? served.toBuilder().setCount(4).build()
                                : served))
                .toList();
    }

    /** The golden bytes of docs/encodings.md. 0.1 is 3dcccccd in binary32 and 2e66 in binary16. */
    @Test
    void encode_goldenRows_giveTheDocumentedBytes() {
        float[] logits = {9, 1, -2, 0.1f, 9};
        assertThat(hex(FP32.encode(logits, 1, 1, 3, SEEDS))).isEqualTo("0000803f" + "000000c0" + "cdcccc3d");
        assertThat(hex(FP16.encode(logits, 1, 1, 3, SEEDS))).isEqualTo("003c" + "00c0" + "662e");
        assertThat(hex(FP16.encode(new float[] {1e6f, -1e6f}, 0, 2, 1, SEEDS))).isEqualTo("ff7b" + "fffb");
    }

    /** Scale (255 - 0) / 255 = 1, offset 0 + 128; levels 0 - 128, 255 - 128 and 51 - 128. */
    @Test
    void int8_goldenRow_givesTheDocumentedBytes() {
        assertThat(hex(INT8.encode(new float[] {0, 255, 51}, 0, 1, 3, SEEDS)))
                .isEqualTo("0000803f" + "00000043" + "80" + "7f" + "b3");
    }

    /** ln(1/2) = -0.6931 is b98c in binary16, ln(1/4) bd8c; classes 0 and 2 in 2 bits each, then 4 bits of filling. */
    @Test
    void topK_goldenRow_givesTheDocumentedBytes() {
        SoftLabelEncoding topK = of(EncodingKind.ENCODING_KIND_TOP_K, 2, 1);
        assertThat(hex(topK.encode(logs(1 / 2., 1 / 8., 1 / 4., 1 / 8.), 0, 1, 4, SEEDS)))
                .isEqualTo("8cb9" + "8cbd" + "8cbd" + "08");
    }

    /**
     * Each quarter of the distribution lies within one class, so the seed does not matter: class 0 twice, 2 and 3 once. Bits in
     * order: 00 010, 01 1, 11 1.
     */
    @Test
    void sampling_goldenRow_givesTheDocumentedBytes() {
        SoftLabelEncoding sampling = of(EncodingKind.ENCODING_KIND_RANDOM_SAMPLING, 4, 1);
        assertThat(hex(sampling.encode(logs(1 / 2., 1e-300, 1 / 4., 1 / 4.), 0, 1, 4, SEEDS)))
                .isEqualTo("c807");
    }

    /** RFC 8878: magic number; single segment; 6 bytes; a last raw block of 6 bytes; then the golden bytes of fp16. */
    @Test
    void zstd_goldenFrame_decodes() {
        SoftLabelEncoding zstd = SoftLabelEncoding.of(Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_FP16)
                .setCompression(Compression.COMPRESSION_ZSTD)
                .build());
        float[] back = new float[3];
        zstd.decode(ByteString.fromHex("28b52ffd" + "20" + "06" + "310000" + "003c00c0662e"), 1, 3, back, 0);
        assertThat(back).containsExactly(1, -2, HalfFloat.toFloat((short) 0x2e66));
    }

    private static float[] logs(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int c = 0; c < logits.length; c++) {
            logits[c] = (float) Math.log(probabilities[c]);
        }
        return logits;
    }

    @Test
    void encodedBytes_areElementsTimesTheirSize() {
        assertThat(FP32.maxEncodedBytes(3, 10)).isEqualTo(120);
        assertThat(FP16.maxEncodedBytes(3, 10)).isEqualTo(60);
        assertThat(FP16.maxEncodedBytes(0, 10)).isZero();
    }

    @Property
    void fp32_anyFinite_comesBackExactly(@ForAll @Size(12) float[] logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                return;
            }
        }
        float[] back = new float[14];
        FP32.decode(FP32.encode(logits, 0, 4, 3, SEEDS), 4, 3, back, 2);
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
        FP16.decode(FP16.encode(logits, 0, 4, 3, SEEDS), 4, 3, back, 0);
        for (int i = 0; i < logits.length; i++) {
            // Half a unit in the last place: 2^-11 relative, 2^-25 absolute among subnormals.
            assertThat((double) back[i]).isCloseTo(logits[i], within(Math.max(Math.abs(logits[i]) * 0x1p-11, 0x1p-25)));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void encode_nonFinite_isRefusedWithItsPlace(SoftLabelEncoding encoding) {
        float[] logits = {0, 1, 2, 3, Float.NaN, 5};
        assertThatThrownBy(() -> encoding.encode(logits, 1, 2, 2, SEEDS))
                .isInstanceOfSatisfying(
                        EncodingException.class, e -> assertThat(e.code()).isEqualTo(EncodingException.Code.NON_FINITE))
                .hasMessage("logits[row 1][class 1]: NaN (expected: finite)");
        logits[4] = Float.NEGATIVE_INFINITY;
        assertThatThrownBy(() -> encoding.encode(logits, 1, 2, 2, SEEDS))
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
    @MethodSource("plain")
    void decode_wrongLength_isRefused(SoftLabelEncoding encoding) {
        ByteString payload = encoding.encode(new float[6], 0, 2, 3, SEEDS);
        assertThatThrownBy(() -> encoding.decode(payload, 3, 3, new float[9], 0))
                .isInstanceOfSatisfying(
                        EncodingException.class, e -> assertThat(e.code()).isEqualTo(EncodingException.Code.LENGTH))
                .hasMessage("payload: " + payload.size() + " bytes (expected: " + payload.size() / 2 * 3 + ")");
    }

    @ParameterizedTest
    @MethodSource("all")
    void blocks_outsideTheirArray_areRefused(SoftLabelEncoding encoding) {
        assertThatThrownBy(() -> encoding.encode(new float[6], 1, 2, 3, SEEDS))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> encoding.decode(ByteString.EMPTY, 2, 3, new float[5], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> encoding.maxEncodedBytes(1, 0)).hasMessage("classes: 0 (expected: >= 1)");
        assertThatThrownBy(() -> encoding.maxEncodedBytes(-1, 1)).hasMessage("rows: -1 (expected: >= 0)");
        assertThatThrownBy(() -> encoding.maxEncodedBytes(1 << 20, 1 << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048576 x 1048576");
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
        Encoding topK = Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_TOP_K)
                .setCount(3)
                .build();
        expectInvalid(topK.toBuilder().setCount(0), "encoding.count: 0");
        expectInvalid(topK.toBuilder().setCount(-1), "encoding.count: 4294967295");
        expectInvalid(topK.toBuilder().setTemperature(-1), "encoding.temperature: -1.0");
        expectInvalid(topK.toBuilder().setTemperature(Float.NaN), "encoding.temperature: NaN");
        expectInvalid(topK.toBuilder().setTemperature(1e9f), "encoding.temperature: 1.0E9");
        expectInvalid(
                topK.toBuilder()
                        .setKind(EncodingKind.ENCODING_KIND_RANDOM_SAMPLING)
                        .setCount(4097),
                "encoding.count: 4097");
    }

    @Test
    void description_defaults_areFilledIn() {
        Encoding asked = Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_TOP_K)
                .setCount(3)
                .setCompression(Compression.COMPRESSION_ZSTD)
                .build();
        assertThat(SoftLabelEncoding.of(asked).description())
                .isEqualTo(asked.toBuilder().setTemperature(1).build());
        assertThat(SoftLabelEncoding.served()).hasSize(10).doesNotHaveDuplicates();
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

    /** What a cache keeps row by row goes out as if it had been encoded at once. */
    @Property(tries = 50)
    void rows_encodedByThemselves_makeTheSameBlock(
            @ForAll @Size(12) List<@FloatRange(min = -50, max = 50) Float> drawn) {
        float[] logits = new float[13];
        for (int i = 0; i < 12; i++) {
            logits[i + 1] = drawn.get(i);
        }
        for (SoftLabelEncoding encoding : all()) {
            List<byte[]> rows = List.of(
                    encoding.encodeRow(logits, 1, 6, SEEDS.applyAsLong(0)),
                    encoding.encodeRow(logits, 7, 6, SEEDS.applyAsLong(1)));
            assertThat(encoding.block(rows)).isEqualTo(encoding.encode(logits, 1, 2, 6, SEEDS));
            assertThat(encoding.rowDescription().getCompression()).isEqualTo(Compression.COMPRESSION_NONE);
        }
    }
}
