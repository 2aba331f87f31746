package io.reflux.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.student.remote.RemoteSource;
import io.reflux.student.remote.TeacherAccess;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import io.reflux.teacher.access.AccessConfig;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A peer that hangs keeps its TCP connection; only pings tell. One that merely asks for nothing answers them. */
final class FrozenPeerTest {
    private static final double NOTICED_SECONDS = 5;

    @Test
    void frozenPeer_isNoticedByBothEndsWithinFiveSeconds_andAPausedStudentIsSpared() throws Exception {
        try (Pair pair = new Pair(AccessConfig.OPEN);
                FreezingProxy proxy = new FreezingProxy(pair.teacher.grpcPort());
                RemoteSource paused = pair.student(null, null);
                RemoteSource frozen = pair.student("127.0.0.1", proxy.port(), TeacherAccess.OPEN)) {
            SoftLabels held = paused.request(pair.batch()).get(Pair.SECONDS, TimeUnit.SECONDS);
            pair.ask(frozen);
            Pair.eventually("two streams", () -> pair.metric("reflux_teacher_streams", "") == 2);

            proxy.freeze();
            long from = System.nanoTime();
            // The proxy passes on no end of a connection, so each end notices by itself.
            Pair.eventually("the student notices", () -> frozen.state() == SourceState.RECONNECTING);
            double student = seconds(from);
            Pair.eventually("the teacher notices", () -> pair.metric("reflux_teacher_streams", "") == 1);
            double teacher = seconds(from);

            assertThat(student).isLessThan(NOTICED_SECONDS);
            assertThat(teacher).isLessThan(NOTICED_SECONDS);
            paused.release(held);
            assertThat(pair.ask(paused).rows()).isEqualTo(2);
            assertThat(paused.reconnects()).isZero();
        }
    }

    private static double seconds(long from) {
        return (System.nanoTime() - from) / 1e9;
    }
}
