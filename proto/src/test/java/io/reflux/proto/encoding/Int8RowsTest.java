package io.reflux.proto.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Int8RowsTest {

    private static final SoftLabelEncoding INT8 = SoftLabelEncoding.of(
            Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_INT8_ROWS).build());

    /**
     * Half a level, and what binary32 adds: the offset and the result are rounded by half a unit of the largest magnitude each,
     * the scale by 2^-24 of itself over at most 128 levels; ranges below 2^-140 may have a scale that rounds to 0.
     */
    @Property(tries = 500)
    void rows_any_comeBackWithinHalfALevel(@ForAll long seed) {
        int classes = 17;
        float[] logits = RandomLogits.of(seed, 3 * classes);
        float[] back = roundTrip(logits, 3, classes);
        for (int row = 0; row < 3; row++) {
            double min = Double.MAX_VALUE;
            double max = -Double.MAX_VALUE;
            for (int c = 0; c < classes; c++) {
                min = Math.min(min, logits[row * classes + c]);
                max = Math.max(max, logits[row * classes + c]);
            }
            double largest = Math.max(Math.abs(min), Math.abs(max));
            double bound = (max - min) / 255 * (0.5 + 128 * 0x1p-24) + largest * 0x1p-23 + 0x1p-140;
            for (int i = row * classes; i < (row + 1) * classes; i++) {
                assertThat((double) back[i]).isCloseTo(logits[i], within(bound));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "10", "1000", "50000"})
    void rows_ofEveryWidth_keepTheOrderOfTheirNumbers(int classes) {
        float[] logits = RandomLogits.of(5, classes);
        float[] back = roundTrip(logits, 1, classes);
        assertThat(INT8.maxEncodedBytes(1, classes)).isEqualTo(8 + classes);
        for (int c = 1; c < classes; c++) {
            if (logits[c - 1] <= logits[c]) {
                assertThat(back[c - 1]).isLessThanOrEqualTo(back[c]);
            }
        }
    }

    @Test
    void rows_constantOrExtreme_comeBackFinite() {
        assertThat(roundTrip(new float[] {3.7f, 3.7f, 3.7f}, 1, 3)).containsExactly(3.7f, 3.7f, 3.7f);
        assertThat(roundTrip(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}, 1, 2))
                .containsExactly(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}, within(Float.MAX_VALUE * 0x1p-20f));
        assertThat(roundTrip(new float[] {0, Float.MIN_VALUE}, 1, 2)).containsExactly(0, 0);
    }

    @ParameterizedTest
    @CsvSource({"0000807f", "000080bf", "0000c07f"})
    void decode_scaleThatIsNone_isMalformed(String scale) {
        ByteString payload = ByteString.fromHex(scale + "00000000" + "01");
        assertThatThrownBy(() -> INT8.decode(payload, 1, 1, new float[1], 0))
                .isInstanceOfSatisfying(
                        EncodingException.class, e -> assertThat(e.code()).isEqualTo(EncodingException.Code.MALFORMED))
                .hasMessageContaining("scale and offset: ")
                .hasMessageContaining("(expected: finite, the scale >= 0)");
    }

    private static float[] roundTrip(float[] logits, int rows, int classes) {
        float[] back = new float[logits.length];
        INT8.decode(INT8.encode(logits, 0, rows, classes, row -> 0), rows, classes, back, 0);
        return back;
    }
}
