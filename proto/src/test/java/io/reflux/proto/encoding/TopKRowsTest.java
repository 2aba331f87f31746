package io.reflux.proto.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TopKRowsTest {

    private static SoftLabelEncoding topK(int k, float temperature) {
        return SoftLabelEncoding.of(Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_TOP_K)
                .setCount(k)
                .setTemperature(temperature)
                .build());
    }

    /**
     * A log-probability l is off by at most |l| 2^-11 (2^-25 near 0), so a probability by that share of itself; softmax divides by
     * a sum that is off by no more than sum p |l| 2^-11, the entropy's share, below ln(C) 2^-11 + 2^-11. Logits are binary32, which
     * adds |l| 2^-23.
     */
    @Property(tries = 500)
    void decoded_softmaxAtT_givesTheKeptProbabilitiesAndSpreadsTheRest(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int classes,
            @ForAll @IntRange(min = 1, max = 45) int k,
            @ForAll @IntRange(min = 1, max = 5) int temperature) {
        float[] logits = RandomLogits.of(seed, classes);
        double[] full = RandomLogits.softmax(logits, temperature);
        double[] back = RandomLogits.softmax(roundTrip(topK(k, temperature), logits), temperature);
        List<Integer> kept = largest(logits, Math.min(k, classes));
        double tail = 1;
        for (int c : kept) {
            tail -= full[c];
        }
        double shared = (Math.log(classes) + 2) * 0x1p-11;
        for (int c = 0; c < classes; c++) {
            double expected = kept.contains(c) ? full[c] : tail / (classes - kept.size());
            double own = expected <= 0 ? 0 : -Math.log(expected) * 0x1p-10;
            // Absolutely: the reference's tail is what is left of 1.
            assertThat(back[c]).isCloseTo(expected, within(expected * (own + shared) + 1e-12));
        }
    }

    /** The classes of the k largest logits; of equal ones the lower. A slow reference. */
    private static List<Integer> largest(float[] logits, int k) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.<Integer, Float>comparing(c -> -logits[c]).thenComparing(c -> c))
                .limit(k)
                .toList();
    }

    @Property(tries = 200)
    void encode_permutedRow_keepsThePermutedClasses(@ForAll @IntRange(max = 10_000) int seed) {
        int classes = 12;
        float[] logits = new float[classes];
        float[] reversed = new float[classes];
        for (int c = 0; c < classes; c++) {
            // Distinct, so that no tie depends on the order.
            logits[c] = (c * 7 + seed) % classes * 0.25f;
            reversed[classes - 1 - c] = logits[c];
        }
        float[] back = roundTrip(topK(5, 2), logits);
        float[] reversedBack = roundTrip(topK(5, 2), reversed);
        for (int c = 0; c < classes; c++) {
            // The sum runs in another order: a unit in binary16's last place.
            assertThat(reversedBack[classes - 1 - c]).isCloseTo(back[c], within(0.01f));
        }
    }

    /** k binary16 numbers and one for the tail, and k indices of 1, 4, 10 and 16 bits. */
    @ParameterizedTest
    @CsvSource({"2, 1, 5", "2, 2, 5", "10, 3, 10", "1000, 10, 35", "50000, 10, 42", "50000, 50000, 200000"})
    void rows_ofEveryWidth_haveTheirBytes(int classes, int k, int bytes) {
        float[] logits = new float[classes];
        for (int c = 0; c < classes; c++) {
            logits[c] = (float) Math.sin(c) * 5;
        }
        ByteString payload = topK(k, 1).encode(logits, 0, 1, classes, row -> 0);
        assertThat(payload.size()).isEqualTo(bytes).isEqualTo(topK(k, 1).maxEncodedBytes(1, classes));
        float[] back = new float[classes];
        topK(k, 1).decode(payload, 1, classes, back, 0);
        assertThat(Arrays.stream(RandomLogits.softmax(back, 1)).sum()).isCloseTo(1, within(1e-9));
    }

    @Test
    void encode_ties_keepTheLowerClasses() {
        float[] back = roundTrip(topK(2, 1), new float[] {1, 3, 1, 1});
        assertThat(back[1]).isGreaterThan(back[0]);
        assertThat(back[2]).isEqualTo(back[3]);
        // ln(e / (e^3 + 3 e)) = -2.3407: kept, so not the tail's.
        assertThat(back[0]).isCloseTo(-2.3407f, within(0.002f));
    }

    @Test
    void rows_constantOrExtreme_comeBackFinite() {
        assertThat(roundTrip(topK(1, 1), new float[] {7, 7}))
                .containsExactly(new float[] {-0.6931f, -0.6931f}, within(4e-4f));
        assertThat(roundTrip(topK(1, 1000), new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, 0}))
                .containsExactly(new float[] {0, -65504e3f, -65504e3f}, within(1e3f));
    }

    /** Log-probabilities 0 and 0, then classes in 3 bits each. */
    @ParameterizedTest
    @CsvSource({
        "00000000008012, 'class: 2 (expected: above 2 and below 5)'",
        "0000000000800a, 'class: 1 (expected: above 2 and below 5)'",
        "00000000008005, 'class: 5 (expected: above -1 and below 5)'",
        "0000000000803a, 'class: 7 (expected: above 2 and below 5)'",
        "00000000008048, 'bits behind the last number of a row: 1 (expected: 0)'",
        "003c0000008008, 'log-probability: 1.0 (expected: -65504 to 0)'",
        "00fc0000008008, 'log-probability: -Infinity (expected: -65504 to 0)'",
        "007e0000008008, 'log-probability: NaN (expected: -65504 to 0)'"
    })
    void decode_whatIsNeverWritten_isMalformed(String payload, String message) {
        assertThatThrownBy(() -> topK(2, 1).decode(ByteString.fromHex(payload), 1, 5, new float[5], 0))
                .isInstanceOfSatisfying(
                        EncodingException.class, e -> assertThat(e.code()).isEqualTo(EncodingException.Code.MALFORMED))
                .hasMessage(message);
    }

    private static float[] roundTrip(SoftLabelEncoding encoding, float[] logits) {
        float[] back = new float[logits.length];
        encoding.decode(encoding.encode(logits, 0, 1, logits.length, row -> 0), 1, logits.length, back, 0);
        return back;
    }
}
