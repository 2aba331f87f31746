package io.reflux.student.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    @Property
    void nextMillis_afterFailures_doublesUpToTheLongest(@ForAll long seed) {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(1000), new Random(seed));

        for (long delay : new long[] {100, 200, 400, 800, 1000, 1000}) {
            assertThat(backoff.nextMillis()).isBetween(delay / 2, delay - 1);
        }
    }

    @Test
    void reset_afterFailures_beginsAnew() {
        Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofDays(1), new Random(1));
        for (int i = 0; i < 50; i++) {
            assertThat(backoff.nextMillis()).isPositive();
        }

        backoff.reset();

        assertThat(backoff.nextMillis()).isBetween(5L, 9L);
    }
}
