package io.reflux.teacher.label;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.reflux.proto.v1.DescribeRequest;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.DistillationGrpcService;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.wire.DistillationCalls;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.Service;

/** The {@code Distillation} service, as a {@link Service} so that reflection lists it. */
public final class DistillationEndpoint implements Service {

    private final Vertx vertx;
    private final LabelStreams streams;
    private final Offer offer;

    /** An endpoint over the streams of a teacher. */
    public DistillationEndpoint(Vertx vertx, LabelStreams streams) {
        this.vertx = vertx;
        this.streams = streams;
        this.offer = streams.offer();
    }

    @Override
    public ServiceName name() {
        return DistillationCalls.SERVICE;
    }

    @Override
    public ServiceDescriptor descriptor() {
        return DistillationGrpcService.SERVICE_DESCRIPTOR;
    }

    @Override
    public void bind(GrpcServer server) {
        server.callHandler(DistillationCalls.describeServer(), this::describe);
        server.callHandler(DistillationCalls.labelServer(), this::label);
    }

    private void describe(GrpcServerRequest<DescribeRequest, DescribeResponse> request) {
        request.handler(message -> request.response().end(offer.description()));
    }

    private void label(GrpcServerRequest<LabelRequest, LabelResponse> request) {
        new LabelStream(streams, vertx, request).admit();
    }
}
