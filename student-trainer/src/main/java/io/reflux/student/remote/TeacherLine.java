package io.reflux.student.remote;

import io.reflux.proto.credentials.CredentialsException;
import io.reflux.proto.credentials.TlsFiles;
import io.reflux.proto.credentials.TlsMaterial;
import io.reflux.proto.credentials.Tokens;
import io.reflux.proto.wire.Transport;
import io.reflux.student.failure.TrainingFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.ServiceMethod;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls one teacher, with the certificates and the token that the files hold at the time of the call, so that renewed ones count
 * from the next connection on. Thread-safe.
 */
final class TeacherLine {
    private static final Logger LOG = LoggerFactory.getLogger(TeacherLine.class);
    private static final String AUTHORIZATION = "authorization";

    private final Vertx vertx;
    private final RemoteConfig config;
    private final AtomicReference<Client> client = new AtomicReference<>();

    /** A client and what it was made with. */
    private record Client(GrpcClient grpc, @Nullable TlsMaterial tls) {}

    /** What the files hold. */
    private record Credentials(
            @Nullable TlsMaterial tls, @Nullable String token) {
        @Override
        public String toString() {
            return "Credentials[token=" + (token != null) + "]";
        }
    }

    /**
     * Makes no connection yet. Blocks.
     *
     * @throws TrainingFailure with code ACCESS when the files cannot be used
     */
    TeacherLine(Vertx vertx, RemoteConfig config) {
        this.vertx = vertx;
        this.config = config;
        Credentials first = read();
        client.set(new Client(dial(first.tls()), first.tls()));
        if (first.token() != null
                && first.tls() == null
                && !loopback(config.teacher().host())) {
            LOG.warn(
                    "the token is sent in clear text to {}: whoever reads along can use it (expected: teacher.tls)",
                    config.address());
        }
    }

    /** Begins a call; what the files hold then is read on a worker. */
    <I, O> Future<GrpcClientRequest<O, I>> request(ServiceMethod<I, O> method) {
        return vertx.executeBlocking(this::read, false)
                .compose(now -> current(now.tls())
                        .<O, I>request(config.teacher().socket(), method)
                        .recover(failure -> explained(failure, now.tls()))
                        .map(request -> {
                            if (now.token() != null) {
                                request.headers().set(AUTHORIZATION, Tokens.authorization(now.token()));
                            }
                            return request;
                        }));
    }

    private <T> Future<T> explained(Throwable failure, @Nullable TlsMaterial tls) {
        if (!(failure instanceof VertxException)) {
            return Future.failedFuture(failure);
        }
        Future<Throwable> why = tls == null
                ? TlsProbe.askInClear(vertx, config.teacher().socket(), failure)
                : TlsProbe.ask(vertx, tls, config.teacher().socket(), failure);
        return why.compose(Future::failedFuture);
    }

    private GrpcClient current(@Nullable TlsMaterial tls) {
        Client last = client.get();
        if (Objects.equals(last.tls(), tls)) {
            return last.grpc();
        }
        Client renewed = new Client(dial(tls), tls);
        if (!client.compareAndSet(last, renewed)) {
            renewed.grpc().close();
            return client.get().grpc();
        }
        LOG.info("teacher {}: certificate files changed; connecting with them", config.address());
        last.grpc().close();
        return renewed.grpc();
    }

    private GrpcClient dial(@Nullable TlsMaterial tls) {
        HttpClientOptions options = Transport.client(new HttpClientOptions());
        return GrpcClient.client(vertx, Transport.grpcClient(), tls == null ? options : tls.client(options));
    }

    private Credentials read() {
        TlsFiles files = config.access().tls();
        try {
            return new Credentials(
                    files == null ? null : files.read(Instant.now()),
                    config.access().tokenFile() == null
                            ? null
                            : Tokens.readOne(config.access().tokenFile()));
        } catch (CredentialsException e) {
            throw new TrainingFailure(TrainingFailure.Code.ACCESS, String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            // Connecting will say so.
            return false;
        }
    }

    /** Ends the connections. */
    Future<Void> close() {
        return client.get().grpc().close();
    }
}
