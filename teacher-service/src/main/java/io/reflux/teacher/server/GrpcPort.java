package io.reflux.teacher.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.reflux.proto.credentials.TlsMaterial;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.reflux.teacher.access.AccessGate;
import io.reflux.teacher.access.Clients;
import io.reflux.teacher.access.UncompressedCalls;
import io.reflux.teacher.label.DistillationEndpoint;
import io.reflux.teacher.label.LabelStreams;
import io.reflux.teacher.metrics.GrpcCalls;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.health.HealthService;
import io.vertx.grpc.reflection.ReflectionService;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port for students: the service itself, health and reflection, over HTTP/2, with TLS if there is a certificate. */
final class GrpcPort extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(GrpcPort.class);

    /** A connection that answers no ping and sends nothing, such as one that never spoke HTTP/2. */
    private static final int IDLE_PINGS = 6;

    /** Longest that a call with one message each way may take; describing what is loaded takes none. */
    private static final Duration UNARY_DEADLINE = Duration.ofSeconds(10);

    private final TeacherConfig config;
    private final LabelStreams streams;
    private final Clients clients;
    private final MeterRegistry registry;
    private @Nullable HttpServer server;

    GrpcPort(TeacherConfig config, LabelStreams streams, Clients clients, MeterRegistry registry) {
        this.config = config;
        this.streams = streams;
        this.clients = clients;
        this.registry = registry;
    }

    @Override
    public Future<?> start() {
        HealthService health = HealthService.create(vertx);
        // The empty name always answers SERVING, while the process lives; this one is for readiness.
        health.register(DistillationCalls.SERVICE, this::serving);
        List<Service> services = new ArrayList<>(List.of(new DistillationEndpoint(vertx, streams), health));
        if (config.access().listsServices()) {
            services.add(ReflectionService.v1());
        }
        GrpcServer grpc = GrpcServer.server(vertx, options());
        services.forEach(service -> grpc.addService(new StrictService(service)));
        HttpServerOptions options = Transport.server(new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.grpcPort())
                .setIdleTimeout(idleSeconds()));
        return vertx.executeBlocking(() -> new Credentials(vertx, config, this::renew))
                .compose(credentials -> listen(options, credentials, services, grpc));
    }

    private Future<HttpServer> listen(
            HttpServerOptions options, Credentials credentials, List<Service> services, GrpcServer grpc) {
        TlsMaterial tls = credentials.tls();
        HttpServer http = vertx.createHttpServer(tls == null ? options : tls.server(options));
        server = http;
        AccessGate gate =
                new AccessGate(vertx, credentials.tokens(), clients, UNARY_DEADLINE, new UncompressedCalls(grpc));
        KeepAlive keepAlive = new KeepAlive(vertx, config.pingInterval());
        return http.connectionHandler(connection -> {
                    Transport.joinFlushes(connection);
                    keepAlive.watch(connection);
                })
                .exceptionHandler(failure -> LOG.debug("a connection was refused", failure))
                .requestHandler(new GrpcCalls(registry, methods(services), gate, gate::ended))
                .listen();
    }

    /** Connections that exist go on with what they were made with. */
    private void renew(TlsMaterial tls) {
        HttpServer http = server;
        if (http != null) {
            http.updateSSLOptions(tls.renewal())
                    .onSuccess(done -> LOG.info("certificate files changed; new connections are made with them"))
                    .onFailure(e -> LOG.warn("certificate files changed, but cannot be used: {}", e.getMessage()));
        }
    }

    private Future<Boolean> serving() {
        return Future.succeededFuture(!streams.draining());
    }

    private GrpcServerOptions options() {
        GrpcServerOptions options =
                Transport.grpcServer(config.limits().maxMessageBytes()).setScheduleDeadlineAutomatically(true);
        // Neither browsers nor transcoding: less to attack.
        for (GrpcProtocol protocol : GrpcProtocol.values()) {
            if (protocol != GrpcProtocol.HTTP_2) {
                options.removeEnabledProtocol(protocol);
            }
        }
        return options;
    }

    private int idleSeconds() {
        return (int)
                Math.max(1, Math.min(3600, IDLE_PINGS * config.pingInterval().toSeconds()));
    }

    private static Set<String> methods(List<Service> services) {
        Set<String> methods = new HashSet<>();
        for (Service service : services) {
            service.methodDescriptors()
                    .forEach(method -> methods.add(service.name().fullyQualifiedName() + "/" + method.getName()));
        }
        return methods;
    }

    /** The port that is listened on; 0 before the start. */
    int port() {
        return server == null ? 0 : server.actualPort();
    }
}
