package io.reflux.quantization.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObserverTest {

    private static final Scheme UINT8 = Scheme.unsigned(8);

    private static Observer observed(String name, float[]... batches) {
        Observer observer = ObserverConfig.of(name).create();
        for (float[] batch : batches) {
            observer.observe(FloatBuffer.wrap(batch));
        }
        return observer;
    }

    private static float[] normal(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void minMax_ofTwoBatches_coversBoth() {
        assertThat(observed("min-max", new float[] {1, 2}, new float[] {-3, 0}).range(UINT8))
                .isEqualTo(new Range(-3, 2));
    }

    /** First batch [0, 10], second [0, 20] with share 0.01: 10 + 0.01 · 10. */
    @Test
    void movingAverage_ofTwoBatches_movesByItsShare() {
        Range range = observed("moving-average", new float[] {0, 10}, new float[] {0, 20})
                .range(UINT8);
        assertThat(range.most()).isCloseTo(10.1f, within(1e-6f));
        assertThat(range.least()).isZero();
    }

    /** Of 100,000 values 0, 1, …, 99,999 a share of 0.0001 is 10: 99,990 is the largest left, but for a bin of 16 or 32. */
    @Test
    void percentile_ofEvenValues_leavesOutItsShare() {
        float[] values = new float[100_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Range range = observed("percentile", values).range(UINT8);
        assertThat(range.most()).isCloseTo(99_990, within(32f));
        assertThat(range.least()).isCloseTo(10, within(32f));
    }

    @Test
    void percentile_of100_isMinMax() {
        Observer observer = new ObserverConfig.Percentile(100).create();
        observer.observe(FloatBuffer.wrap(new float[] {-1.5f, 0, 7}));
        assertThat(observer.range(UINT8)).isEqualTo(new Range(-1.5f, 7));
    }

    /** Against an exhaustive search in double precision over the values themselves. */
    @Test
    void mse_ofNormalValuesIn4Bits_isAsGoodAsASearchOverTheValues() {
        float[] values = normal(3, 20_000);
        Scheme scheme = Scheme.symmetric(4);
        QParams chosen = scheme.qparams(observed("mse", values).range(scheme));
        double best = Double.POSITIVE_INFINITY;
        for (float clip = 0.5f; clip < 5; clip += 0.01f) {
            best = Math.min(best, error(values, scheme.qparams(new Range(-clip, clip))));
        }
        assertThat(error(values, chosen)).isLessThan(best * 1.01);
        // For a normal variable in 4 bits the best clip is 2.6 deviations (Banner et al. 2019, table 1: 2.55 to 2.83).
        assertThat(chosen.range().most()).isBetween(2.2f, 3f);
    }

    private static double error(float[] values, QParams qparams) {
        double sum = 0;
        for (float value : values) {
            double difference = value - qparams.fakeQuantize(value);
            sum += difference * difference;
        }
        return sum;
    }

    @Test
    void entropy_ofValuesWithAnOutlier_clipsIt() {
        float[] values = normal(4, 50_000);
        values[0] = 60;
        Scheme scheme = Scheme.symmetric(8);
        assertThat(observed("entropy", values).range(scheme).most()).isLessThan(20);
        assertThat(observed("min-max", values).range(scheme).most()).isEqualTo(60);
    }

    /** What a Relu makes of normal values: half of them zeros, which must not draw the range together. */
    @Test
    void entropy_ofManyZeros_isThatOfTheOthers() {
        float[] values = normal(5, 50_000);
        float[] positive = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            positive[i] = Math.max(0, values[i]);
        }
        float[] none = new float[200_000];
        assertThat(observed("entropy", positive, none).range(UINT8))
                .isEqualTo(observed("entropy", positive).range(UINT8));
        assertThat(observed("entropy", positive).range(UINT8).most()).isGreaterThan(2.5f);
    }

    @Test
    void entropy_ofEvenValues_keepsThemAll() {
        float[] values = new float[40_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 10_000f;
        }
        assertThat(observed("entropy", values).range(UINT8).most()).isGreaterThan(3.9f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"min-max", "percentile", "mse", "entropy"})
    void merge_ofParts_isWhatOneObserverSees(String name) {
        float[] a = normal(1, 1000);
        float[] b = normal(2, 3000);
        b[7] = 40;
        Observer parts = observed(name, a);
        parts.merge(observed(name, b));
        Observer whole = observed(name, a, b);
        assertThat(parts.count()).isEqualTo(4000);
        assertThat(parts.range(UINT8)).isEqualTo(whole.range(UINT8));
        assertThat(parts.extremes()).isEqualTo(whole.extremes());
    }

    /** One batch of maximum 10 and three of 20: (10 + 3 · 20) / 4. */
    @Test
    void merge_ofMovingAverages_weighsThemByTheirBatches() {
        Observer one = observed("moving-average", new float[] {10});
        one.merge(observed("moving-average", new float[] {20}, new float[] {20}, new float[] {20}));
        assertThat(one.range(UINT8).most()).isEqualTo(17.5f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"min-max", "moving-average", "percentile", "mse", "entropy"})
    void state_writtenAndRead_goesOnAsIfUnbroken(String name) throws IOException {
        Observer broken = observed(name, normal(1, 500));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        broken.write(new DataOutputStream(bytes));
        Observer resumed = ObserverConfig.of(name).create();
        resumed.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        resumed.observe(FloatBuffer.wrap(normal(2, 500)));
        assertThat(resumed.range(UINT8))
                .isEqualTo(observed(name, normal(1, 500), normal(2, 500)).range(UINT8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"min-max", "moving-average", "percentile", "mse", "entropy"})
    void zeros_alone_areARangeOfZero(String name) {
        assertThat(observed(name, new float[10]).range(UINT8)).isEqualTo(new Range(0, 0));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void values_notFinite_areRefusedAndNothingIsTaken(float bad) {
        Observer observer = observed("mse", new float[] {1});
        assertThatThrownBy(() -> observer.observe(FloatBuffer.wrap(new float[] {5, bad})))
                .hasMessage(bad + " among its values (expected: finite)");
        assertThat(observer.count()).isEqualTo(1);
        assertThat(observer.extremes()).isEqualTo(new Range(1, 1));
    }

    @Test
    void range_ofNothing_isRefused() {
        assertThatThrownBy(() -> observed("entropy").range(UINT8))
                .hasMessage("no values observed (expected: at least one)");
    }

    @Test
    void name_unknown_isRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> ObserverConfig.of("minmax"))
                .hasMessage("observer: minmax (expected: min-max, moving-average, percentile, mse or entropy)");
    }
}
