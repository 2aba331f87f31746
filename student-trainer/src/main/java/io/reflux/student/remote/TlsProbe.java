package io.reflux.student.remote;

import io.reflux.proto.credentials.TlsMaterial;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Finds out why a teacher closes a new connection without a word. In TLS 1.3 it looks at the student's certificate after the
 * student takes the connection as made, and HTTP's client passes the alert that follows on to nobody.
 */
final class TlsProbe {
    private static final long SECONDS = 2;

    private TlsProbe() {}

    /** The TLS failure of a connection made for this only, or {@code closed} where there is none within two seconds. */
    static Future<Throwable> ask(Vertx vertx, TlsMaterial tls, SocketAddress teacher, Throwable closed) {
        NetClient client = vertx.createNetClient(tls.client(new NetClientOptions()));
        Promise<Throwable> seen = Promise.promise();
        client.connect(teacher).onFailure(seen::tryComplete).onSuccess(socket -> listen(socket, seen, closed));
        return seen.future()
                .timeout(SECONDS, TimeUnit.SECONDS)
                .otherwise(closed)
                .eventually(client::close);
    }

    /** As {@link #ask} for a student without TLS: {@link SpeaksTls} if the teacher takes up a handshake. Nothing is sent over it. */
    static Future<Throwable> askInClear(Vertx vertx, SocketAddress teacher, Throwable closed) {
        NetClient client = vertx.createNetClient(
                new NetClientOptions().setSsl(true).setTrustAll(true).setHostnameVerificationAlgorithm(""));
        return client.connect(teacher)
                .<Throwable>map(socket -> new SpeaksTls(closed))
                .timeout(SECONDS, TimeUnit.SECONDS)
                .otherwise(closed)
                .eventually(client::close);
    }

    /** A teacher with TLS was spoken to without. */
    static final class SpeaksTls extends Exception {
        private static final long serialVersionUID = 1L;

        SpeaksTls(Throwable closed) {
            super("the teacher speaks TLS", closed);
        }
    }

    private static void listen(NetSocket socket, Promise<Throwable> seen, Throwable closed) {
        socket.exceptionHandler(seen::tryComplete);
        socket.closeHandler(end -> seen.tryComplete(closed));
        socket.resume();
    }
}
