package io.reflux.student.fleet;

import io.reflux.student.remote.TeacherAddress;
import io.vertx.core.Context;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;

/** Asks a membership who the teachers are, one look at a time, and tells on the fleet's event loop. */
final class MembershipWatch {
    private final Context context;
    private final Executor blocking;
    private final Membership membership;
    private final Listener listener;
    private boolean looking;

    /** Told what each look came to. */
    interface Listener {
        void onMembers(List<TeacherAddress> now);

        /** It cannot be known now. */
        void onUnknown(String reason);
    }

    /** @param blocking runs what may block */
    MembershipWatch(Context context, Executor blocking, Membership membership, Listener listener) {
        this.context = context;
        this.blocking = blocking;
        this.membership = membership;
        this.listener = listener;
    }

    /** Looks, unless a look is under way. */
    void look() {
        if (looking) {
            return;
        }
        looking = true;
        blocking.execute(() -> {
            try {
                List<TeacherAddress> now = membership.now();
                context.runOnContext(v -> {
                    looking = false;
                    listener.onMembers(now);
                });
            } catch (IOException | RuntimeException e) {
                context.runOnContext(v -> {
                    looking = false;
                    listener.onUnknown(String.valueOf(e.getMessage()));
                });
            }
        });
    }
}
