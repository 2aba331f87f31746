package io.reflux.teacher.server;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.Service;
import java.util.List;

/** A service whose calls end with a status at a message that cannot be read, where vertx-grpc would reset them without one. */
record StrictService(Service service) implements Service {

    @Override
    public ServiceName name() {
        return service.name();
    }

    @Override
    public ServiceDescriptor descriptor() {
        return service.descriptor();
    }

    @Override
    public void bind(GrpcServer server) {
        service.bind(new StrictServer(server));
    }

    /** The server as the service sees it. */
    private record StrictServer(GrpcServer server) implements GrpcServer {

        @Override
        public GrpcServer callHandler(Handler<GrpcServerRequest<Buffer, Buffer>> handler) {
            server.callHandler(handler);
            return this;
        }

        @Override
        public <Q, A> GrpcServer callHandler(ServiceMethod<Q, A> method, Handler<GrpcServerRequest<Q, A>> handler) {
            server.callHandler(method, request -> handler.handle(StrictCall.of(request, method.decoder())));
            return this;
        }

        @Override
        public GrpcServer addService(Service added) {
            server.addService(added);
            return this;
        }

        @Override
        public List<Service> services() {
            return server.services();
        }

        @Override
        public void handle(HttpServerRequest request) {
            server.handle(request);
        }
    }
}
