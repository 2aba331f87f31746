package io.reflux.student.remote;

import io.reflux.proto.v1.DescribeRequest;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.student.failure.TrainingFailure;
import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a teacher what it is, several times when it does not answer. Blocks; not for event loops. */
final class TeacherDescriber {
    private static final int DEADLINE_SECONDS = 5;

    private final GrpcClient client;
    private final RemoteConfig config;
    private final Backoff backoff;

    TeacherDescriber(GrpcClient client, RemoteConfig config, Backoff backoff) {
        this.client = client;
        this.config = config;
        this.backoff = backoff;
    }

    /**
     * Returns the teacher's description.
     *
     * @throws TrainingFailure with code TEACHER_UNAVAILABLE when none of the attempts is answered
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
            } catch (CompletionException e) {
                reason = LabelCall.text(e.getCause() == null ? e : e.getCause());
            } catch (RuntimeException e) {
                reason = LabelCall.text(e);
            } catch (Exception e) {
                // Future.await rethrows whatever the call failed with, checked exceptions such as ConnectException
                // included.
                reason = LabelCall.text(e);
            }
        }
        throw new TrainingFailure(
                TrainingFailure.Code.TEACHER_UNAVAILABLE,
                "teacher " + config.address() + ": not reached in " + attempts + " attempts: " + reason);
    }

    private Future<DescribeResponse> call() {
        return client.request(
                        SocketAddress.inetSocketAddress(config.port(), config.host()),
                        DistillationCalls.describeClient())
                .compose(request -> request.send(DescribeRequest.getDefaultInstance()))
                .compose(response -> response.last());
    }
}
