package io.reflux.student.remote;

import io.reflux.student.failure.TrainingFailure;
import io.vertx.grpc.common.GrpcStatus;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a stream ended.
 *
 * @param status its gRPC status, null when the connection broke or was never made
 * @param reason one line
 * @param fatal whether certificates or files are at fault
 * @param opened whether the teacher had opened the stream
 */
record StreamEnd(@Nullable GrpcStatus status, String reason, boolean fatal, boolean opened) {
    /** Statuses that another attempt cannot change. */
    private static final Set<GrpcStatus> FATAL = EnumSet.of(
            GrpcStatus.INVALID_ARGUMENT,
            GrpcStatus.FAILED_PRECONDITION,
            GrpcStatus.UNIMPLEMENTED,
            GrpcStatus.RESOURCE_EXHAUSTED);
    /** Statuses of a teacher that does not let the student in. */
    private static final Set<GrpcStatus> REFUSED = EnumSet.of(GrpcStatus.PERMISSION_DENIED, GrpcStatus.UNAUTHENTICATED);

    /** Returns why another attempt cannot help, or nothing when it may. */
    Optional<TrainingFailure> hopeless(String address) {
        if (fatal || status != null && REFUSED.contains(status)) {
            return Optional.of(new TrainingFailure(TrainingFailure.Code.ACCESS, "teacher " + address + ": " + reason));
        }
        // What a teacher refuses at once for want of room, by its limits of a client, it may take later.
        boolean crowded = status == GrpcStatus.RESOURCE_EXHAUSTED && !opened;
        return status != null && FATAL.contains(status) && !crowded
                ? Optional.of(new TrainingFailure(TrainingFailure.Code.MISMATCH, "teacher " + address + ": " + reason))
                : Optional.empty();
    }
}
