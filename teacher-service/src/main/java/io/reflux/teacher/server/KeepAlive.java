package io.reflux.teacher.server;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings every HTTP/2 connection and closes those that do not answer before the next ping is due. A student whose machine
 * froze or vanished shows no other sign; one that merely reads nothing still answers, and is left alone.
 */
final class KeepAlive {

    private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);

    private final Vertx vertx;
    private final long intervalMillis;

    KeepAlive(Vertx vertx, Duration interval) {
        this.vertx = vertx;
        this.intervalMillis = interval.toMillis();
    }

    void watch(HttpConnection connection) {
        vertx.setTimer(intervalMillis, timer -> ping(connection));
    }

    private void ping(HttpConnection connection) {
        long deadline = vertx.setTimer(intervalMillis, timer -> {
            LOG.info("{}: no answer to a ping within {} ms, closed", connection.remoteAddress(), intervalMillis);
            connection.close();
        });
        answer(connection).onComplete((answer, failure) -> {
            // A failure means that the connection is gone: nothing is left to watch.
            vertx.cancelTimer(deadline);
            if (failure == null) {
                watch(connection);
            }
        });
    }

    private static Future<Buffer> answer(HttpConnection connection) {
        try {
            return connection.ping(Buffer.buffer(new byte[Long.BYTES]));
        } catch (UnsupportedOperationException e) {
            // HTTP/1 has no pings; the idle timeout ends such a connection.
            return Future.failedFuture(e);
        }
    }
}
