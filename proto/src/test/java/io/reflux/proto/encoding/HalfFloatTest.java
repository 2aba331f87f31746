package io.reflux.proto.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HalfFloatTest {

    /** IEEE 754-2019, table 3.5: emin -14, emax 15, 11 significant bits; the rest follows from ties to even. */
    @ParameterizedTest
    @CsvSource({
        "0x0p0, 0000",
        "-0x0p0, 8000",
        "0x1p0, 3c00",
        "-0x1p1, c000",
        "0x1.ffcp15, 7bff", // 65504, the largest
        "0x1.ffdp15, 7bff", // below the half-way mark to 2^16
        "0x1.ffep15, 7bff", // would round to 2^16: saturated
        "0x1p127, 7bff",
        "-0x1p127, fbff",
        "0x1p-14, 0400", // smallest normal
        "0x1p-24, 0001", // smallest subnormal
        "0x1p-25, 0000", // a tie between 0 and 2^-24: to even
        "0x1.000002p-25, 0001",
        "0x1.8p-24, 0002", // a tie between 1 and 2 units: to even
        "0x1.4p-23, 0002", // a tie between 2 and 3 units: to even
        "0x1.ff8p-15, 03ff", // the largest subnormal, 1023 x 2^-24
        "0x1.ffcp-15, 0400", // half a unit above it: to even, which carries into the exponent
        "0x1.ffbffep-15, 03ff",
        "0x1.002p0, 3c00", // a tie between 1 and 1 + 2^-10: to even
        "0x1.006p0, 3c02",
        "0x1.002002p0, 3c01",
        "0x1.ffep0, 4000", // a carry into the exponent
        "0x1p-149, 0000",
    })
    void fromFloat_knownValues_areRoundedToNearestEven(String value, String hex) {
        assertThat(HalfFloat.fromFloat(Float.parseFloat(value.trim())) & 0xffff).isEqualTo(Integer.parseInt(hex, 16));
    }

    @Test
    void fromFloat_infinitiesAndNan_stayWhatTheyAre() {
        assertThat(HalfFloat.fromFloat(Float.POSITIVE_INFINITY) & 0xffff).isEqualTo(0x7c00);
        assertThat(HalfFloat.fromFloat(Float.NEGATIVE_INFINITY) & 0xffff).isEqualTo(0xfc00);
        assertThat(HalfFloat.toFloat(HalfFloat.fromFloat(Float.NaN))).isNaN();
    }

    @Test
    void toFloat_everyHalf_comesBack() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            float value = HalfFloat.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(HalfFloat.fromFloat(value) & 0xffff).isEqualTo(bits);
            }
        }
    }

    @Test
    void toFloat_everyFiniteHalf_hasItsValue() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            int exponent = bits >> 10;
            double fraction = bits & 0x3ff;
            double expected =
                    exponent == 0 ? fraction * Math.pow(2, -24) : (1 + fraction / 1024) * Math.pow(2, exponent - 15);
            assertThat((double) HalfFloat.toFloat((short) bits)).isEqualTo(expected);
            assertThat((double) HalfFloat.toFloat((short) (bits | 0x8000))).isEqualTo(-expected);
        }
    }

    /** No other half is nearer, and of two as near the even one is taken. */
    @Property
    void fromFloat_anyInRange_isTheNearest(@ForAll float value) {
        if (Math.abs(value) > 65504 || value == 0) {
            return;
        }
        short half = HalfFloat.fromFloat(value);
        double error = Math.abs((double) HalfFloat.toFloat(half) - value);
        for (int step = -1; step <= 1; step += 2) {
            short other = (short) (half + step);
            float neighbour = HalfFloat.toFloat(other);
            if (!Float.isFinite(neighbour)) {
                continue;
            }
            double otherError = Math.abs((double) neighbour - value);
            assertThat(error).isLessThanOrEqualTo(otherError);
            if (error == otherError) {
                assertThat(half & 1).isZero();
            }
        }
    }
}
