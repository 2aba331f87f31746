package io.reflux.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The 100,000 cases of the benchmark, cut down to what fits between commits. */
final class PortFuzzTest {

    private static final int CASES = 3000;

    @Test
    void hostileCases_endWithAStatus_andLeaveNothing() throws Exception {
        FuzzReport report = PortFuzz.run(CASES, 42, Duration.ZERO);

        assertThat(report.withoutStatus()).as(report.table()).isZero();
        assertThat(report.streamsLeft()).isZero();
        assertThat(report.ends().values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(CASES);
        // Both what is right and what is wrong must come through for the rest to mean anything.
        assertThat(report.ends()).containsKeys("OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "connection closed");
    }
}
