package io.reflux.student.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class LearningRateScheduleTest {
    @Test
    void constant_anyStep_isTheRate() {
        assertThat(new LearningRateSchedule.Constant(0.1).rate(1_000_000)).isEqualTo(0.1);
    }

    @Test
    void step_aroundADecay_changesAtItsFirstStep() {
        LearningRateSchedule schedule = new LearningRateSchedule.Step(0.1, 0.5, 10);

        assertThat(schedule.rate(9)).isEqualTo(0.1);
        assertThat(schedule.rate(10)).isEqualTo(0.05);
        assertThat(schedule.rate(39)).isEqualTo(0.0125);
    }

    @Test
    void cosine_quarters_followTheCosine() {
        LearningRateSchedule schedule = new LearningRateSchedule.Cosine(1.0, 0.2, 100);

        // cos(pi / 4) = sqrt(2) / 2, so a quarter in: 0.2 + 0.8 (1 + sqrt(2) / 2) / 2.
        assertThat(schedule.rate(0)).isEqualTo(1.0);
        assertThat(schedule.rate(25)).isCloseTo(0.2 + 0.4 * (1 + Math.sqrt(2) / 2), within(1e-15));
        assertThat(schedule.rate(50)).isCloseTo(0.6, within(1e-15));
        assertThat(schedule.rate(100)).isCloseTo(0.2, within(1e-15));
        assertThat(schedule.rate(1000)).isCloseTo(0.2, within(1e-15));
    }

    @Test
    void linear_halfway_isTheMean() {
        LearningRateSchedule schedule = new LearningRateSchedule.Linear(1.0, 0.5, 10);

        assertThat(schedule.rate(5)).isEqualTo(0.75);
        assertThat(schedule.rate(11)).isEqualTo(0.5);
    }

    @Test
    void exponential_halfway_isTheGeometricMean() {
        LearningRateSchedule schedule = new LearningRateSchedule.Exponential(1.0, 0.01, 10);

        assertThat(schedule.rate(0)).isEqualTo(1.0);
        assertThat(schedule.rate(5)).isCloseTo(0.1, within(1e-15));
        assertThat(schedule.rate(99)).isCloseTo(0.01, within(1e-15));
    }

    @Test
    void oneCycle_turns_areStartPeakAndEnd() {
        LearningRateSchedule schedule = new LearningRateSchedule.OneCycle(0.1, 1.0, 0.0, 30, 100);

        assertThat(schedule.rate(0)).isCloseTo(0.1, within(1e-15));
        assertThat(schedule.rate(15)).isCloseTo(0.55, within(1e-15));
        assertThat(schedule.rate(30)).isEqualTo(1.0);
        assertThat(schedule.rate(65)).isCloseTo(0.5, within(1e-15));
        assertThat(schedule.rate(100)).isCloseTo(0.0, within(1e-15));
        assertThat(schedule.rate(500)).isCloseTo(0.0, within(1e-15));
    }

    @Test
    void warmUp_lastStepOfIt_reachesTheFirstRate() {
        LearningRateSchedule schedule =
                new LearningRateSchedule.WarmUp(4, new LearningRateSchedule.Linear(0.8, 0.0, 8));

        assertThat(schedule.rate(0)).isEqualTo(0.2);
        assertThat(schedule.rate(3)).isEqualTo(0.8);
        assertThat(schedule.rate(4)).isEqualTo(0.8);
        assertThat(schedule.rate(8)).isEqualTo(0.4);
    }

    @Property
    void cosine_anyTwoSteps_neverRises(
            @ForAll @DoubleRange(min = 0.01, max = 10) double initial,
            @ForAll @LongRange(min = 1, max = 100_000) long steps,
            @ForAll @LongRange(min = 0, max = 200_000) long step) {
        LearningRateSchedule schedule = new LearningRateSchedule.Cosine(initial, 0, steps);

        assertThat(schedule.rate(step + 1)).isBetween(0.0, schedule.rate(step));
    }
}
