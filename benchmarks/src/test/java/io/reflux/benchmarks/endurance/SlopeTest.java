package io.reflux.benchmarks.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class SlopeTest {

    @Test
    void line_isItsSlope() {
        Slope slope = new Slope();
        for (int i = 0; i < 10; i++) {
            slope.add(i * 0.5, 3 - 2.5 * i * 0.5);
        }
        assertThat(slope.perUnit()).isCloseTo(-2.5, within(1e-12));
    }

    @Test
    void oneJump_isNotASlope() {
        Slope slope = new Slope();
        for (int i = 0; i < 100; i++) {
            slope.add(i, i < 90 ? 5 : 50);
        }
        assertThat(slope.perUnit()).isZero();
    }

    @Test
    void onePoint_isNoSlope() {
        Slope slope = new Slope();
        slope.add(1, 1);
        assertThat(slope.perUnit()).isNaN();
    }
}
