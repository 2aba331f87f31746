package io.reflux.student.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reflux.student.fleet.QuarantineReason;
import io.reflux.student.fleet.TeacherState;
import io.reflux.student.remote.TeacherAddress;
import org.junit.jupiter.api.Test;

final class FleetMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FleetMetrics metrics = new FleetMetrics(registry);

    private double teachers(TeacherState state) {
        return registry.get("reflux.student.teachers")
                .tag("state", state.label())
                .gauge()
                .value();
    }

    @Test
    void teachers_comingAndGoing_areCountedByState() {
        metrics.onState(0, new TeacherAddress("a", 1), TeacherState.SERVING);
        metrics.onState(1, new TeacherAddress("b", 1), TeacherState.SERVING);
        metrics.onState(1, new TeacherAddress("b", 1), TeacherState.QUARANTINED);
        assertThat(teachers(TeacherState.SERVING)).isEqualTo(1);
        assertThat(teachers(TeacherState.QUARANTINED)).isEqualTo(1);

        metrics.onState(1, new TeacherAddress("b", 1), TeacherState.LEFT);
        assertThat(teachers(TeacherState.QUARANTINED)).isZero();
    }

    @Test
    void answers_ofManySlots_makeABoundedNumberOfSeries() {
        for (int slot = 0; slot < 1000; slot++) {
            metrics.onAnswer(slot, 16, 1_000_000, 50);
        }

        assertThat(registry.find("reflux.student.teacher.samples").counters()).hasSize(33);
        assertThat(registry.get("reflux.student.teacher.samples")
                        .tag("teacher", "more")
                        .counter()
                        .count())
                .isEqualTo(16.0 * (1000 - 32));
        assertThat(registry.get("reflux.student.teacher.rate")
                        .tag("teacher", "31")
                        .gauge()
                        .value())
                .isEqualTo(50);
    }

    @Test
    void quarantines_beforeTheFirst_areZeroByReason() {
        for (QuarantineReason reason : QuarantineReason.values()) {
            assertThat(registry.get("reflux.student.fleet.quarantines")
                            .tag("reason", reason.label())
                            .counter()
                            .count())
                    .isZero();
        }
    }
}
