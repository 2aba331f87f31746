package io.reflux.proto.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SampledRowsTest {

    private static SoftLabelEncoding sampling(int draws, float temperature) {
        return SoftLabelEncoding.of(Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_RANDOM_SAMPLING)
                .setCount(draws)
                .setTemperature(temperature)
                .build());
    }

    /**
     * Draws are independent, one from each N-th of the distribution, and the mean of a count / N is p. With n = 8,000 rows of 50
     * draws Hoeffding's inequality bounds P(|mean - p| >= e) by 2 exp(-2 n 50 e^2), which is 1e-9 at e = 0.0052.
     */
    @Test
    void decoded_meanOverSeeds_isTheTeachersDistribution() {
        float[] logits = {2, 0, -1, 4, 1, 1, 1, -3, 0.5f, 3};
        float temperature = 2;
        double[] full = RandomLogits.softmax(logits, temperature);
        double[] mean = new double[10];
        int rows = 8_000;
        for (int seed = 0; seed < rows; seed++) {
            double[] decoded = RandomLogits.softmax(roundTrip(sampling(50, temperature), logits, seed), temperature);
            for (int c = 0; c < 10; c++) {
                mean[c] += decoded[c] / rows;
            }
        }
        assertThat(mean).containsExactly(full, within(0.0052));
    }

    /** A class of probability p covers N p - 2 whole strata at least, and touches N p + 2 at most. */
    @Property(tries = 500)
    void decoded_everyCount_isWithinTwoOfItsExpectation(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int classes,
            @ForAll @IntRange(min = 1, max = 60) int draws,
            @ForAll @IntRange(min = 1, max = 5) int temperature) {
        float[] logits = RandomLogits.of(seed, classes);
        double[] full = RandomLogits.softmax(logits, temperature);
        double[] decoded =
                RandomLogits.softmax(roundTrip(sampling(draws, temperature), logits, (int) seed), temperature);
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            double count = decoded[c] * draws;
            sum += count;
            assertThat(count).isCloseTo(Math.rint(count), within(1e-4));
            assertThat(count).isCloseTo(full[c] * draws, within(2 + 1e-4));
        }
        assertThat(sum).isCloseTo(draws, within(1e-4));
    }

    @Test
    void encode_sameSeed_givesTheSameBytes() {
        float[] logits = new float[300];
        ByteString first = sampling(20, 1).encode(logits, 0, 3, 100, row -> row);
        assertThat(sampling(20, 1).encode(logits, 0, 3, 100, row -> row)).isEqualTo(first);
        assertThat(sampling(20, 1).encode(logits, 0, 3, 100, row -> row + 1)).isNotEqualTo(first);
        // A row depends on its own seed only, not on where it stands.
        assertThat(first.substring(
                        0, sampling(20, 1).encode(logits, 0, 1, 100, row -> 0).size()))
                .isEqualTo(sampling(20, 1).encode(logits, 0, 1, 100, row -> 0));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 4096", "2, 1", "2, 50", "10, 4096", "1000, 50", "50000, 50", "50000, 4096"})
    void rows_ofEveryWidth_stayWithinTheirBytes(int classes, int draws) {
        SoftLabelEncoding encoding = sampling(draws, 1);
        // Flat, so that nearly every draw is a class of its own, and peaked, so that counts are large.
        for (float[] logits : new float[][] {new float[classes], peaked(classes)}) {
            assertThat(encoding.encode(logits, 0, 1, classes, row -> 3).size())
                    .isLessThanOrEqualTo(encoding.maxEncodedBytes(1, classes));
            roundTrip(encoding, logits, 3);
        }
    }

    private static float[] peaked(int classes) {
        float[] logits = new float[classes];
        logits[classes / 2] = 12;
        return logits;
    }

    @Test
    void decoded_absentClasses_haveProbabilityZeroInBinary32() {
        float[] back = roundTrip(sampling(5, 3), new float[] {100, 0, 0}, 1);
        assertThat(back).containsExactly(0, -312, -312);
        assertThat((float) Math.exp(back[1] / 3)).isZero();
    }

    /** Of 4 draws among 5 classes: 3 bits of class, then the count's code, bit by bit. */
    @ParameterizedTest
    @CsvSource({
        "1001100100000000, MALFORMED, 'class: 1 (expected: above 1 and below 5)'",
        "11110000, MALFORMED, 'class: 7 (expected: above -1 and below 5)'",
        "00000110, MALFORMED, 'counts: 5 (expected: 4, the draws)'",
        "000000000000000000000000, MALFORMED, 'count: above 4096 (expected: at most 4)'",
        "00011000, LENGTH, 'payload: 1 bytes (expected: more)'",
        "0000111001000001, MALFORMED, 'bits behind the last number of a row: 1 (expected: 0)'",
        "0000010000000000, LENGTH, 'payload: 2 bytes (expected: 1, the end of the last row)'"
    })
    void decode_whatIsNeverWritten_isRefused(String bits, EncodingException.Code code, String message) {
        byte[] payload = new byte[bits.length() / 8];
        for (int i = 0; i < bits.length(); i++) {
            payload[i / 8] |= (byte) (bits.charAt(i) - '0' << i % 8);
        }
        assertThatThrownBy(() -> sampling(4, 1).decode(ByteString.copyFrom(payload), 1, 5, new float[5], 0))
                .isInstanceOfSatisfying(
                        EncodingException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessage(message);
    }

    private static float[] roundTrip(SoftLabelEncoding encoding, float[] logits, int seed) {
        float[] back = new float[logits.length];
        encoding.decode(encoding.encode(logits, 0, 1, logits.length, row -> seed), 1, logits.length, back, 0);
        return back;
    }
}
