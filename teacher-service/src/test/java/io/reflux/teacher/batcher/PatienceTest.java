package io.reflux.teacher.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A model that takes 1000 ns and 10 more a row: one run in the place of two saves 1000 ns. Now is 100,000 ns. */
final class PatienceTest {

    private static final long NOW = 100_000;
    private static final long LONG = 1_000_000;

    private final LatencyCurve curve = new LatencyCurve();
    private final LaneQueue own = new LaneQueue(Admissions.OPEN);
    private final LaneQueue other = new LaneQueue(Admissions.OPEN);

    PatienceTest() {
        for (int rows = 1; rows <= 64; rows *= 2) {
            curve.record(rows, 1000 + 10L * rows);
        }
        comes(own, 50_000);
    }

    /** Three jobs of 4 samples in equal gaps, the last of which came half a gap ago. */
    private static void comes(LaneQueue lane, long gap) {
        for (long i = 2; i >= 0; i--) {
            lane.arrivals().record(4, NOW - gap / 2 - i * gap);
        }
    }

    private long wait(long max, int room, long waited, double freeNanos) {
        return new Patience(max, curve).nanos(10, room, waited, freeNanos, List.of(own, other), NOW);
    }

    @Test
    void jobExpectedSoonerThanARunCosts_isWaitedFor_asLongAsARunCosts() {
        comes(other, 1800);
        assertThat(wait(LONG, 100, 0, 0)).isEqualTo(1000);
    }

    @Test
    void jobExpectedLater_isNotWaitedFor() {
        comes(other, 2200);
        assertThat(wait(LONG, 100, 0, 0)).isZero();
    }

    @Test
    void silentStudent_isNotWaitedFor() {
        assertThat(wait(LONG, 100, 0, 0)).as("that never sent").isZero();
        other.arrivals().record(4, NOW - 5000);
        other.arrivals().record(4, NOW - 4900);
        assertThat(wait(LONG, 100, 0, 0)).as("late by many gaps").isZero();
    }

    @Test
    void full_alone_orWithoutWindow_doesNotWait() {
        comes(other, 1800);
        assertThat(wait(LONG, 0, 0, 0)).as("full").isZero();
        assertThat(wait(0, 100, 0, 5000)).as("no window").isZero();
        assertThat(new Patience(LONG, curve).nanos(10, 100, 0, 5000, List.of(other), NOW))
                .as("alone")
                .isZero();
    }

    @Test
    void window_boundsTheWait_withWhatWasWaitedBefore() {
        comes(other, 600);
        assertThat(wait(700, 100, 0, 0)).isEqualTo(700);
        assertThat(wait(700, 100, 500, 0)).as("expected in 300 ns, 200 left").isZero();
    }

    @Test
    void busyModel_makesWaitingFree() {
        comes(other, 20_000);
        assertThat(wait(700, 100, 0, 15_000)).isEqualTo(15_000);
        assertThat(wait(700, 100, 0, 9_000))
                .as("free before the job is expected")
                .isZero();
    }

    @Test
    void stalledStudent_isNotWaitedFor() {
        LaneQueue stalled = new LaneQueue(Admissions.FULL);
        comes(stalled, 1800);
        assertThat(new Patience(LONG, curve).nanos(10, 100, 0, 0, List.of(own, stalled), NOW))
                .isZero();
    }

    @Test
    void unknownModel_isNotWaitedWith() {
        comes(other, 1800);
        curve.clear();
        assertThat(wait(LONG, 100, 0, 0)).isZero();
    }
}
