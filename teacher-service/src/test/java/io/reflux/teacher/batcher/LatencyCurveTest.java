package io.reflux.teacher.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class LatencyCurveTest {

    private final LatencyCurve curve = new LatencyCurve();

    @Test
    void line_isFoundExactly_betweenAndBesideWhatWasMeasured() {
        // 1000 + 10 n, in any sizes: means of points on a line lie on it.
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            int rows = 5 + random.nextInt(500);
            curve.record(rows, 1000 + 10L * rows);
        }
        for (int rows : new int[] {2, 5, 77, 128, 500, 2000}) {
            assertThat(curve.nanos(rows)).isCloseTo(1000 + 10.0 * rows, within(0.5));
        }
        assertThat(curve.nanos(0)).isZero();
    }

    @Test
    void onePoint_isTakenForProportional() {
        assertThat(curve.nanos(8)).isNaN();
        curve.record(8, 800);
        assertThat(curve.nanos(4)).isEqualTo(400);
        assertThat(curve.nanos(16)).isEqualTo(1600);
        assertThat(curve.knows(5)).as("after one").isFalse();
        curve.record(8, 800);
        assertThat(curve.knows(5)).as("after two").isTrue();
        assertThat(curve.knows(4)).isFalse();
    }

    @Test
    void disturbances_countLessThanWhatIsUndisturbed() {
        Random random = new Random(2);
        curve.record(32, 1_000_000_000);
        for (int i = 0; i < 300; i++) {
            // One in five takes up to eleven times as long.
            double disturbance = random.nextInt(5) == 0 ? 1 + 10 * random.nextDouble() : 1;
            curve.record(32, (long) (100_000 * disturbance));
        }
        double sum = 0;
        for (int i = 0; i < 300; i++) {
            double disturbance = random.nextInt(5) == 0 ? 1 + 10 * random.nextDouble() : 1;
            curve.record(32, (long) (100_000 * disturbance));
            sum += curve.nanos(32);
        }
        // The mean of what was measured is 200,000.
        assertThat(sum / 300).isBetween(100_000.0, 140_000.0);
    }

    @Test
    void smallerBatch_isNeverTakenToCostMoreThanALargerOneDid() {
        curve.record(16, 5000);
        curve.record(64, 2000);
        assertThat(curve.nanos(16)).isEqualTo(2000);
        assertThat(curve.nanos(32)).isEqualTo(2000);
    }

    @Test
    void curve_thatBecomesSlower_isFollowed_andOneThatIsForgottenIsUnknown() {
        for (int i = 0; i < 10; i++) {
            curve.record(16, 1000);
        }
        for (int i = 0; i < 40; i++) {
            curve.record(16, 3000);
        }
        assertThat(curve.nanos(16)).isCloseTo(3000, within(30.0));
        curve.clear();
        assertThat(curve.nanos(16)).isNaN();
    }
}
