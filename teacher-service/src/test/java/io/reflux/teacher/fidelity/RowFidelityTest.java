package io.reflux.teacher.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class RowFidelityTest {

    private static final float LN_2 = (float) Math.log(2);

    @Test
    void otherLabels_haveTheDivergenceAndAngleOfTheirDistributions() {
        // p = (1/2, 1/4, 1/4) and q = (1/4, 1/2, 1/4): KL = 1/2 ln 2 - 1/4 ln 2. The gradients are (-2, 1, 1) / 12 and
        // (1, -2, 1) / 12, of cosine -3/6.
        RowFidelity fidelity = RowFidelity.of(new float[] {LN_2, 0, 0}, new float[] {0, LN_2, 0}, 1);
        assertThat(fidelity.divergence()).isCloseTo(Math.log(2) / 4, within(1e-7));
        assertThat(fidelity.degrees()).isCloseTo(120, within(1e-4));
    }

    @Test
    void temperature_softensBoth() {
        // Logits twice as far apart at temperature 2 are the same distributions.
        RowFidelity fidelity = RowFidelity.of(new float[] {2 * LN_2, 0, 0}, new float[] {0, 2 * LN_2, 0}, 2);
        assertThat(fidelity.divergence()).isCloseTo(Math.log(2) / 4, within(1e-7));
        assertThat(fidelity.degrees()).isCloseTo(120, within(1e-4));
    }

    @Test
    void evenLabels_haveNoGradient_andARightAngleToAnyOther() {
        float[] even = {3, 3};
        assertThat(RowFidelity.of(even, new float[] {0, 0}, 1)).isEqualTo(new RowFidelity(0, 0));
        assertThat(RowFidelity.of(even, new float[] {1, 0}, 1).degrees()).isEqualTo(90);
        assertThat(RowFidelity.of(new float[] {7}, new float[] {-7}, 1)).isEqualTo(new RowFidelity(0, 0));
    }

    @Property
    void anyLabels_haveFiniteMeasures_andThoseOfThemselvesAreNone(
            @ForAll @Size(min = 2, max = 20) float[] logits,
            @ForAll @FloatRange(min = 0.01f, max = 1000) float temperature,
            @ForAll @FloatRange(min = -100, max = 100) float shift) {
        float[] finite = logits.clone();
        float[] shifted = logits.clone();
        for (int c = 0; c < logits.length; c++) {
            finite[c] = Float.isFinite(logits[c]) ? logits[c] % 1000 : 0;
            shifted[c] = finite[c] + shift;
        }
        assertThat(RowFidelity.of(finite, finite, temperature).divergence()).isZero();
        assertThat(RowFidelity.of(finite, finite, temperature).degrees()).isBetween(0.0, 1e-5);
        RowFidelity other = RowFidelity.of(finite, shifted, temperature);
        assertThat(other.divergence()).isFinite().isNotNegative();
        assertThat(other.degrees()).isBetween(0.0, 180.0);
    }
}
