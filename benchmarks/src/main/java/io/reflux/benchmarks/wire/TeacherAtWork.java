package io.reflux.benchmarks.wire;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.DescribeRequest;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.util.concurrent.TimeUnit;

/**
 * A running teacher as benchmarks see it.
 *
 * @param address where it listens
 * @param process its process id
 * @param fingerprint its first data set's
 */
public record TeacherAtWork(SocketAddress address, String process, ByteString fingerprint) {

    private static final long SECONDS = 10;

    /**
     * Asks a teacher what it serves.
     *
     * @param address {@code host:port}
     */
    public static TeacherAtWork at(Vertx vertx, String address, String process) throws Exception {
        int colon = address.lastIndexOf(':');
        SocketAddress socket = SocketAddress.inetSocketAddress(
                Integer.parseInt(address.substring(colon + 1)), address.substring(0, colon));
        GrpcClient client = GrpcClient.client(vertx, Transport.grpcClient(), Transport.client(new HttpClientOptions()));
        DescribeResponse description = client.request(socket, DistillationCalls.describeClient())
                .compose(request -> request.send(DescribeRequest.getDefaultInstance()))
                .compose(response -> response.last())
                .await(SECONDS, TimeUnit.SECONDS);
        return new TeacherAtWork(socket, process, description.getDataSets(0).getFingerprint());
    }

    /** The same teacher behind another address, such as a proxy's. */
    public TeacherAtWork behind(SocketAddress other) {
        return new TeacherAtWork(other, process, fingerprint);
    }

    /** Opens a student's stream and waits until it is open. */
    public RawStudent student(Vertx vertx, RawStudent.Plan plan) throws Exception {
        return RawStudent.open(vertx, address, fingerprint, plan).await(SECONDS, TimeUnit.SECONDS);
    }
}
