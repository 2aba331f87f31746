package io.reflux.data.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PixelScalingTest {

    @Test
    void table_ofMnistsMeanAndStd_isNumPysToTheBit() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(4 * 256);
        for (float value : PixelScaling.of(0.1307f, 0.3081f).table(0)) {
            bytes.putFloat(value);
        }

        // NumPy 2.4: ((arange(256, dtype=f4) / f4(255) - f4(0.1307)) / f4(0.3081)), big-endian bytes.
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())))
                .isEqualTo("36165b22a49ee56fb1228d75a404a65956ea8ebec673f4b255bcc27c9e96bb75");
    }

    @Test
    void unit_mapsTheEndsToZeroAndOne() {
        assertThat(PixelScaling.UNIT.apply(0, 0)).isZero();
        assertThat(PixelScaling.UNIT.apply(2, 255)).isOne();
    }

    @Test
    void apply_usesTheChannelsOwnMean() {
        PixelScaling scaling = new PixelScaling(List.of(0f, 0.5f), List.of(1f, 0.25f));

        assertThat(scaling.apply(1, 255)).isEqualTo(2f);
    }

    @Test
    void std_ofZero_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PixelScaling.of(0f, 0f))
                .withMessage("pixel std: 0.0 (expected: finite, > 0)");
    }

    @Test
    void mean_ofNaN_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PixelScaling.of(Float.NaN, 1f))
                .withMessage("pixel mean: NaN (expected: finite)");
    }

    @Test
    void lists_ofDifferentLengths_areRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PixelScaling(List.of(0f, 0f), List.of(1f)))
                .withMessage("pixel scaling: 2 means, 1 stds (expected: as many, at least one)");
    }
}
