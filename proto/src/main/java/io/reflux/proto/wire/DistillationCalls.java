package io.reflux.proto.wire;

import io.reflux.proto.v1.DescribeRequest;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;

/** The calls of the {@code Distillation} service, for Vert.x's call-level API, with a codec that copies less. */
public final class DistillationCalls {

    /** {@code reflux.v1.Distillation}. */
    public static final ServiceName SERVICE = ServiceName.create("reflux.v1", "Distillation");

    private static final String DESCRIBE = "Describe";
    private static final String LABEL = "Label";

    private DistillationCalls() {}

    /** {@code Describe} as a student calls it. */
    public static ServiceMethod<DescribeResponse, DescribeRequest> describeClient() {
        return ServiceMethod.client(
                SERVICE, DESCRIBE, MessageCodec.encoder(), MessageCodec.decoder(DescribeResponse.parser()));
    }

    /** {@code Describe} as a teacher answers it. */
    public static ServiceMethod<DescribeRequest, DescribeResponse> describeServer() {
        return ServiceMethod.server(
                SERVICE, DESCRIBE, MessageCodec.encoder(), MessageCodec.decoder(DescribeRequest.parser()));
    }

    /** {@code Label} as a student calls it. Payloads alias the received frame: decode them before letting go. */
    public static ServiceMethod<LabelResponse, LabelRequest> labelClient() {
        return ServiceMethod.client(
                SERVICE, LABEL, MessageCodec.encoder(), MessageCodec.decoder(LabelResponse.parser()));
    }

    /** {@code Label} as a teacher answers it. */
    public static ServiceMethod<LabelRequest, LabelResponse> labelServer() {
        return ServiceMethod.server(
                SERVICE, LABEL, MessageCodec.encoder(), MessageCodec.decoder(LabelRequest.parser()));
    }
}
