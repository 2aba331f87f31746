package io.reflux.app.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.student.remote.RemoteSource;
import io.reflux.teacher.access.AccessConfig;
import io.reflux.teacher.access.ClientLimits;
import org.junit.jupiter.api.Test;

final class ClientLimitsTest {
    @Test
    void streams_aboveTheClientsLimit_areRefusedByName_andTakenWhenOneEnds() throws Exception {
        AccessConfig access = AccessConfig.OPEN.withLimits(new ClientLimits(1, 1 << 20, 1000));
        try (Pair pair = new Pair(access)) {
            try (RemoteSource only = pair.student(null, null)) {
                pair.ask(only);
                assertThatThrownBy(() -> pair.student(null, null))
                        .hasMessageEndingWith(
                                "RESOURCE_EXHAUSTED: streams of this client: 2 (expected: at most 1, the limit)");
                assertThat(pair.metric("reflux_teacher_refusals_total", "limit=\"streams\""))
                        .isGreaterThanOrEqualTo(1);
            }
            try (RemoteSource next = pair.student(null, null)) {
                assertThat(pair.ask(next).rows()).isEqualTo(2);
            }
        }
    }
}
