package io.reflux.student.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.student.source.SoftLabels;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CanaryTest {
    private static final int ROWS = 8;
    private static final int CLASSES = 50;

    private static Encoding asked(Encoding served) {
        boolean counts = served.getKind() == EncodingKind.ENCODING_KIND_TOP_K
                || served.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING;
        return counts ? served.toBuilder().setCount(20).setTemperature(2).build() : served;
    }

    private static float[] logits(long seed, double noise) {
        Random model = new Random(seed);
        Random rounding = new Random(99);
        float[] logits = new float[ROWS * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (4 * model.nextGaussian() + noise * rounding.nextGaussian());
        }
        return logits;
    }

    private static SoftLabels travelled(Encoding encoding, float[] logits) {
        SoftLabelEncoding codec = SoftLabelEncoding.of(encoding);
        float[] decoded = new float[logits.length];
        codec.decode(codec.encode(logits, 0, ROWS, CLASSES, row -> row), ROWS, CLASSES, decoded, 0);
        return new SoftLabels(0, ROWS, CLASSES, decoded, "d");
    }

    /** A processor that sums in another order moves logits by some 1e-5 of their size. */
    @ParameterizedTest
    @MethodSource("io.reflux.proto.encoding.SoftLabelEncoding#served")
    void disagreement_sameModelOtherRounding_isNone(Encoding served) {
        Encoding encoding = asked(served);
        Canary canary = new Canary(100, ROWS, encoding);

        assertThat(canary.disagreement(travelled(encoding, logits(1, 0)), travelled(encoding, logits(1, 1e-4))))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.reflux.proto.encoding.SoftLabelEncoding#served")
    void disagreement_otherModel_isFound(Encoding served) {
        Encoding encoding = asked(served);
        Canary canary = new Canary(100, ROWS, encoding);

        assertThat(canary.disagreement(travelled(encoding, logits(1, 0)), travelled(encoding, logits(2, 0))))
                .isPresent();
    }

    @Test
    void disagreement_oneLogitOff_isNamed() {
        Encoding fp32 =
                Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32).build();
        float[] wrong = new float[] {1, 2, 3, 4};
        SoftLabels expected = new SoftLabels(0, 2, 2, new float[] {1, 2, 3, 4.5f}, "d");

        // 0.002 (1 + 4.5) = 0.011 is the tolerance of the second row.
        assertThat(new Canary(10, 2, fp32).disagreement(expected, new SoftLabels(0, 2, 2, wrong, "d")))
                .hasValue("canary 1, class 1: 4.00000 (expected: 4.50000 within 0.011)");
    }

    @Test
    void disagreement_hints_areComparedToo() {
        Canary canary = new Canary(
                10,
                2,
                Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32).build());
        SoftLabels expected = hinted(1, 2, 4);

        assertThat(canary.disagreement(expected, hinted(1, 2, 4.0001f))).isEmpty();
        // (0.002 + 0.001 + 2 / 255) (1 + 4) is the tolerance.
        assertThat(canary.disagreement(expected, hinted(1, 2, 4.5f)))
                .hasValue("canary, hint 0, number 2: 4.50000 (expected: 4.00000 within 0.054)");
        assertThat(canary.disagreement(expected, hinted(1, 2))).hasValue("canary: 2 numbers of hint 0 (expected: 3)");
    }

    private static SoftLabels hinted(float... hint) {
        return new SoftLabels(0, 1, 2, new float[] {1, 2}, "d", List.of(hint));
    }

    @Test
    void batch_smallSet_namesSamplesOfTheSet() {
        Canary canary = new Canary(3, 8, Encoding.getDefaultInstance());

        assertThat(canary.batch(5).views()).hasSize(8).allMatch(view -> view.sampleId() < 3);
    }
}
