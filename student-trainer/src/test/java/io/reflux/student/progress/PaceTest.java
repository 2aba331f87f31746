package io.reflux.student.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    private final Pace pace = new Pace();

    @Test
    void secondsFor_beforeAnyStep_isUnknown() {
        pace.begin(7);

        assertThat(pace.secondsFor(3)).isNegative();
    }

    @Test
    void secondsFor_evenSteps_isTheirTimeTimesWhatIsLeft() {
        pace.begin(SECOND);
        pace.step(3 * SECOND);
        pace.step(5 * SECOND);

        assertThat(pace.secondsFor(10)).isCloseTo(20, within(1e-9));
    }

    @Test
    void secondsFor_afterATeacherWasAway_leavesThatTimeOut() {
        pace.begin(0);
        pace.step(2 * SECOND);
        pace.interrupt();

        assertThat(pace.secondsFor(10)).as("while it is away").isCloseTo(20, within(1e-9));

        pace.step(602 * SECOND);
        pace.step(604 * SECOND);

        assertThat(pace.secondsFor(10)).as("when it is back").isCloseTo(20, within(1e-9));
    }

    @Test
    void begin_anotherStage_forgetsTheOneBefore() {
        pace.begin(0);
        pace.interrupt();
        pace.begin(10 * SECOND);
        pace.step(11 * SECOND);

        assertThat(pace.secondsFor(4)).isCloseTo(4, within(1e-9));
    }
}
