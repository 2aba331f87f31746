package io.reflux.quantization.rounding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.GraphTensor;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.QuantizedTensor;
import io.reflux.quantization.qparams.Scheme;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class SoftRoundingTest {

    private static final Granularity ROWS = new Granularity.PerAxis(0);

    private static GraphTensor weight(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return GraphTensor.of("w", new long[] {2, floats.length / 2}, floats);
    }

    private static List<QParams> qparams(GraphTensor weight, int bits) {
        return QuantizedTensor.of(weight, ROWS, Scheme.symmetric(bits)).qparams();
    }

    @Property
    void rounded_isNeverFurtherThanAStep(
            @ForAll @Size(12) List<@FloatRange(min = -2, max = 2) Float> values,
            @ForAll @Size(12) List<@FloatRange(min = -9, max = 9) Float> choices,
            @ForAll @IntRange(min = 2, max = 8) int bits) {
        GraphTensor weight = weight(values);
        List<QParams> qparams = qparams(weight, bits);
        SoftRounding rounding = new SoftRounding(weight, ROWS, qparams);
        GraphTensor rounded = rounding.rounded(weight(choices).floats());
        int[] codes = QuantizedTensor.of(rounded, ROWS, qparams).codes();
        for (int i = 0; i < codes.length; i++) {
            QParams own = qparams.get(i / 6);
            double exact = (double) weight.floats()[i] / own.scale();
            int floor = (int) Math.floor(weight.floats()[i] / own.scale());
            int wanted = floor + (choices.get(i) >= 0 ? 1 : 0);
            assertThat(codes[i]).isEqualTo(Math.max(own.quantMin(), Math.min(own.quantMax(), wanted)));
            if (exact >= own.quantMin() && exact <= own.quantMax()) {
                assertThat(Math.abs(codes[i] - exact)).isLessThanOrEqualTo(1 + 1e-4);
            }
        }
    }

    @Property
    void nearest_isWhatQuantizeLinearGives(
            @ForAll @Size(12) List<@FloatRange(min = -2, max = 2) Float> values,
            @ForAll @IntRange(min = 2, max = 8) int bits) {
        GraphTensor weight = weight(values);
        List<QParams> qparams = qparams(weight, bits);
        SoftRounding rounding = new SoftRounding(weight, ROWS, qparams);
        GraphTensor rounded = rounding.rounded(rounding.nearest());
        assertThat(QuantizedTensor.of(rounded, ROWS, qparams).codes())
                .isEqualTo(QuantizedTensor.of(weight, ROWS, qparams).codes());
    }

    /** 1.2 · sigmoid(v) − 0.1 of the start is the rest above the integer below. */
    @Test
    void start_isTheWeightItself() {
        GraphTensor weight = GraphTensor.of("w", new long[] {1, 3}, new float[] {0.7f, -0.25f, 2});
        SoftRounding rounding = new SoftRounding(weight, ROWS, List.of(new QParams(1, 0, -8, 7)));
        float[] v = rounding.start();
        double[] rests = {0.7, 0.75, 0};
        for (int i = 0; i < v.length; i++) {
            assertThat(1.2 / (1 + Math.exp(-v[i])) - 0.1).isCloseTo(rests[i], within(1e-6));
        }
        assertThat(SoftRounding.undecided(v)).isEqualTo(2);
        assertThat(SoftRounding.undecided(SoftRounding.decided(v))).isZero();
    }

    @Test
    void schedule_pullsAfterAFifthWithAFallingPower() {
        Schedule schedule = new Schedule(1000, 0.01);
        assertThat(schedule.weight(199)).isZero();
        assertThat(schedule.weight(200)).isEqualTo(0.01);
        assertThat(schedule.power(200)).isEqualTo(20);
        assertThat(schedule.power(600)).isCloseTo(11, within(1e-9));
        assertThat(schedule.power(999)).isCloseTo(2, within(1e-3));
    }
}
