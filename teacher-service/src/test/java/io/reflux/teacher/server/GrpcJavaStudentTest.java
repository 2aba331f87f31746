package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Views;
import io.reflux.teacher.label.LabelLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A student of grpc-java, which takes messages only as it asks for them. */
final class GrpcJavaStudentTest {

    private static final int BATCHES = 64;
    private static final int ROWS = 4000;

    /** 5 classes in binary32. */
    private static final int ROW_BYTES = 20;

    private static final int WINDOW_BYTES = 256 * 1024;

    private static final MethodDescriptor<LabelRequest, LabelResponse> LABEL =
            MethodDescriptor.<LabelRequest, LabelResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName("reflux.v1.Distillation/Label")
                    .setRequestMarshaller(new Protobuf<>(LabelRequest.parser()))
                    .setResponseMarshaller(new Protobuf<>(LabelResponse.parser()))
                    .build();

    private record Protobuf<T extends MessageLite>(Parser<T> parser) implements MethodDescriptor.Marshaller<T> {

        @Override
        public InputStream stream(T message) {
            return message.toByteString().newInput();
        }

        @Override
        public T parse(InputStream bytes) {
            try {
                return parser.parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
                throw new UncheckedIOException(new IOException(e));
            }
        }
    }

    private final BlockingQueue<LabelResponse> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    private ClientCall<LabelRequest, LabelResponse> call(ManagedChannel channel) {
        ClientCall<LabelRequest, LabelResponse> call = channel.newCall(LABEL, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(LabelResponse message) {
                        received.add(message);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        return call;
    }

    private LabelResponse next(ClientCall<?, ?> call) throws Exception {
        call.request(1);
        LabelResponse message = received.poll(Student.SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("the call ended: %s", end.getNow(null)).isNotNull();
        return message;
    }

    private static LabelRequest batch(long id) {
        Views.Builder views = Views.newBuilder();
        for (int i = 0; i < ROWS; i++) {
            views.addSampleIds(i % TinyDataSet.FIRST_MARKED).addAugmentationSeeds(0);
        }
        return LabelRequest.newBuilder()
                .setBatch(Batch.newBuilder().setBatchId(id).setViews(views))
                .build();
    }

    @Test
    void studentThatAsksForNothing_stopsTheProducer_andGetsEveryBatchOnceAsItAsks() throws Exception {
        LabelLimits limits =
                new LabelLimits(1 << 20, ROWS, BATCHES, Long.MAX_VALUE / 2, 4, 64 << 20, Duration.ofSeconds(10));
        try (ServedTiny teacher = new ServedTiny(config -> config.limits(limits));
                Student healthy = teacher.open()) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", teacher.server.grpcPort())
                    .usePlaintext()
                    .initialFlowControlWindow(WINDOW_BYTES)
                    .build();
            try {
                ClientCall<LabelRequest, LabelResponse> call = call(channel);
                call.sendMessage(LabelRequest.newBuilder()
                        .setOpen(Student.fp32().setCreditBytes(Long.MAX_VALUE / 2))
                        .build());
                assertThat(next(call).hasOpened()).isTrue();
                for (int id = 0; id < BATCHES; id++) {
                    call.sendMessage(batch(id));
                }
                Eventually.isTrue("a stalled stream", () -> teacher.metric("reflux_teacher_stalled_streams", "") == 1);
                healthy.next();
                for (int id = 0; id < 50; id++) {
                    healthy.views(id, TinyDataSet.FIRST_MARKED, 10);
                    LabelCallTest.collect(healthy, id, 10, EncodingKind.ENCODING_KIND_FP32);
                }
                // The window, two queues of 16 messages of 64 KB and the batches in the workers; all are 5 MB.
                assertThat(received).isEmpty();
                assertThat(teacher.model.unmarkedRows.get() * (long) ROW_BYTES).isLessThan(3 << 20);

                Map<Long, Integer> rows = new TreeMap<>();
                for (int left = BATCHES * ROWS; left > 0; ) {
                    Labels labels = next(call).getLabels();
                    rows.merge(labels.getBatchId(), labels.getSamples(), Integer::sum);
                    left -= labels.getSamples();
                }
                assertThat(rows).hasSize(BATCHES);
                assertThat(rows.values()).containsOnly(ROWS);
                assertThat(teacher.model.unmarkedRows).hasValue(BATCHES * ROWS);
                call.halfClose();
                call.request(1);
                assertThat(end.get(Student.SECONDS, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
            } finally {
                channel.shutdownNow().awaitTermination(Student.SECONDS, TimeUnit.SECONDS);
            }
        }
    }
}
