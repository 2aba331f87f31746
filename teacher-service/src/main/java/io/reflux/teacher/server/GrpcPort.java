package io.reflux.teacher.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The port for students: the service itself, health and reflection, over HTTP/2 in clear text. */
final class GrpcPort extends VerticleBase {

    /** A connection that answers no ping and sends nothing, such as one that never spoke HTTP/2. */
    private static final int IDLE_PINGS = 6;

    private final TeacherConfig config;
    private final LabelStreams streams;
    private final MeterRegistry registry;
    private @Nullable HttpServer server;

    GrpcPort(TeacherConfig config, LabelStreams streams, MeterRegistry registry) {
        this.config = config;
        this.streams = streams;
        this.registry = registry;
    }

    @Override
    public Future<?> start() {
        HealthService health = HealthService.create(vertx);
        // The empty name always answers SERVING, while the process lives; this one is for readiness.
        health.register(DistillationCalls.SERVICE, this::serving);
        List<Service> services = List.of(new DistillationEndpoint(vertx, streams), health, ReflectionService.v1());
        GrpcServer grpc = GrpcServer.server(vertx, options());
        services.forEach(grpc::addService);
        HttpServer http = vertx.createHttpServer(Transport.server(new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.grpcPort())
                .setIdleTimeout(idleSeconds())));
        server = http;
        return http.connectionHandler(new KeepAlive(vertx, config.pingInterval())::watch)
                .requestHandler(new GrpcCalls(registry, methods(services), grpc))
                .listen();
    }

    private Future<Boolean> serving() {
        return Future.succeededFuture(!streams.draining());
    }

    private GrpcServerOptions options() {
        GrpcServerOptions options = Transport.grpcServer(config.limits().maxMessageBytes());
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
