package io.reflux.student.remote;

import io.reflux.proto.v1.DescribeRequest;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.wire.CallStatus;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.student.failure.TrainingFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Asks a teacher what it is, several times when it does not answer. Blocks; not for event loops. */
final class TeacherDescriber {
    private static final int DEADLINE_SECONDS = 5;

    private final TeacherLine line;
    private final RemoteConfig config;
    private final Backoff backoff;

    TeacherDescriber(TeacherLine line, RemoteConfig config, Backoff backoff) {
        this.line = line;
        this.config = config;
        this.backoff = backoff;
    }

    /**
     * Returns the teacher's description.
     *
     * @throws TrainingFailure with code TEACHER_UNAVAILABLE when none of the attempts is answered, ACCESS, after
     *     one, when the teacher is not trusted or does not let the student in
     */
    DescribeResponse describe() {
        int attempts = config.patience().attemptsAtStart();
        String reason = "";
        for (int i = 0; i < attempts; i++) {
            try {
                if (i > 0) {
                    TimeUnit.MILLISECONDS.sleep(backoff.nextMillis());
                }
                return call().await(DEADLINE_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                reason = "no answer within " + DEADLINE_SECONDS + " s";
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TrainingFailure(
                        TrainingFailure.Code.INTERRUPTED, "interrupted while reaching the teacher", e);
            } catch (Exception e) {
                // Future.await rethrows whatever the call failed with, checked exceptions such as ConnectException
                // included.
                Throwable failure = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
                requireLetIn(failure);
                reason = LabelCall.text(failure);
            }
        }
        throw new TrainingFailure(
                TrainingFailure.Code.TEACHER_UNAVAILABLE,
                "teacher " + config.address() + ": not reached in " + attempts + " attempts: " + reason);
    }

    private void requireLetIn(Throwable failure) {
        if (failure instanceof TrainingFailure e) {
            throw e;
        }
        String fault = failure instanceof Refused refused ? refused.getMessage() : LabelCall.fault(failure);
        if (fault != null) {
            throw new TrainingFailure(
                    TrainingFailure.Code.ACCESS, "teacher " + config.address() + ": " + fault, failure);
        }
    }

    private Future<DescribeResponse> call() {
        return line.request(DistillationCalls.describeClient()).compose(request -> {
            request.timeout(DEADLINE_SECONDS, TimeUnit.SECONDS);
            Promise<DescribeResponse> answer = Promise.promise();
            // A refused certificate shows only here: in TLS 1.3 the teacher looks at it when the student is done.
            request.connection().exceptionHandler(answer::tryFail);
            request.send(DescribeRequest.getDefaultInstance())
                    .compose(TeacherDescriber::described)
                    .onComplete((description, failure) -> {
                        if (failure == null) {
                            answer.tryComplete(description);
                        } else {
                            answer.tryFail(failure);
                        }
                    });
            return answer.future();
        });
    }

    private static Future<DescribeResponse> described(GrpcClientResponse<DescribeRequest, DescribeResponse> response) {
        AtomicReference<@Nullable DescribeResponse> description = new AtomicReference<>();
        response.handler(description::set);
        return response.end().transform((end, failure) -> {
            CallStatus status = CallStatus.of(response);
            DescribeResponse last = description.get();
            if (status.status() == GrpcStatus.OK && last != null) {
                return Future.succeededFuture(last);
            }
            if (status.status() == GrpcStatus.UNAUTHENTICATED || status.status() == GrpcStatus.PERMISSION_DENIED) {
                return Future.failedFuture(new Refused(status.status().name() + ": " + status.message()));
            }
            return Future.failedFuture(
                    response.status() == null && failure != null
                            ? failure
                            : new IllegalStateException(status.status().name() + ": " + status.message()));
        });
    }

    /** The teacher answered that it does not let the student in. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }
}
