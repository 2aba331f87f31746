package io.reflux.quantization.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.quantization.qparams.Granularity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WeightBytesTest {

    private static final long[] SHAPE = {64, 64, 3, 3};

    private static final long ELEMENTS = 36_864;

    /** 4, 2 and 8 bits are types; 63 / 3 = 21, 63 / 5 = 12, 63 / 6 = 10 and 63 / 7 = 9 digits share a word of 8 bytes. */
    @ParameterizedTest
    @CsvSource({"2, 9216", "3, 14048", "4, 18432", "5, 24576", "6, 29496", "7, 32768", "8, 36864"})
    void bits_takeTheirShare(int bits, long integers) {
        long scales = 64 * 5;
        assertThat(WeightBytes.of(SHAPE, new Granularity.PerAxis(0), bits))
                .isBetween(integers + scales, integers + scales + 550);
    }

    @Test
    void floats_takeFourBytes() {
        assertThat(WeightBytes.inFloats(SHAPE)).isEqualTo(4 * ELEMENTS);
    }

    @Test
    void bits_outOfRange_areRefused() {
        assertThatThrownBy(() -> WeightBytes.of(SHAPE, Granularity.PER_TENSOR, 1))
                .hasMessage("bits: 1 (expected: 2 to 8)");
    }
}
