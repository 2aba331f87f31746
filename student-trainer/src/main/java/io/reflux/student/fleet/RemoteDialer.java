package io.reflux.student.fleet;

import io.reflux.student.remote.AnswerPolicy;
import io.reflux.student.remote.RemoteConfig;
import io.reflux.student.remote.RemoteSource;
import io.reflux.student.remote.TeacherAddress;
import io.reflux.student.source.SoftLabelSource;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Reaches teachers over gRPC. */
public final class RemoteDialer implements TeacherDialer {
    private static final Duration AT_ONCE = Duration.ofMillis(-1);

    private final Vertx vertx;
    private final RemoteConfig asked;

    /**
     * Makes no connection.
     *
     * @param asked what to ask of each teacher; the teacher it names and its limits of waiting do not count
     */
    public RemoteDialer(Vertx vertx, RemoteConfig asked) {
        this.vertx = vertx;
        RemoteConfig.Patience given = asked.patience();
        RemoteConfig.Patience none =
                new RemoteConfig.Patience(1, given.firstDelay(), given.maxDelay(), given.waitingAfter(), AT_ONCE);
        AnswerPolicy oneOfMany = new AnswerPolicy(0, true, asked.answers().acceptModelChange());
        this.asked = asked.with(none, oneOfMany);
    }

    @Override
    public SoftLabelSource dial(TeacherAddress teacher) {
        return RemoteSource.open(vertx, asked.withTeacher(teacher));
    }
}
