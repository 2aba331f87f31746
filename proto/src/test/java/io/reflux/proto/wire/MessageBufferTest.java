package io.reflux.proto.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class MessageBufferTest {

    @Property(tries = 300)
    void bytes_areThoseOfTheMessage(
            @ForAll @Size(max = 4) List<@IntRange(max = 3000) Integer> payloads,
            @ForAll boolean wrapped,
            @ForAll long id) {
        Labels.Builder labels = Labels.newBuilder().setBatchId(id).setModelDigest(ByteString.copyFrom(new byte[32]));
        Random random = new Random(id);
        for (int size : payloads) {
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            labels.addOutputs(OutputLabels.newBuilder()
                    .addShape(size)
                    .setPayload(wrapped ? UnsafeByteOperations.unsafeWrap(payload) : ByteString.copyFrom(payload)));
        }
        LabelResponse message = LabelResponse.newBuilder().setLabels(labels).build();

        Buffer buffer = MessageBuffer.of(message);

        assertThat(Buffer.buffer().appendBuffer(buffer).getBytes()).isEqualTo(message.toByteArray());
        assertThat(buffer.length()).isEqualTo(message.getSerializedSize());
    }

    @Property(tries = 50)
    void largePayload_isReferredToInsteadOfCopied(@ForAll @IntRange(min = 2000, max = 70_000) int size) {
        byte[] payload = new byte[size];
        Buffer buffer = MessageBuffer.of(LabelResponse.newBuilder()
                .setLabels(Labels.newBuilder()
                        .addOutputs(OutputLabels.newBuilder().setPayload(UnsafeByteOperations.unsafeWrap(payload))))
                .build());

        payload[size - 1] = 7;

        assertThat(buffer.getByte(buffer.length() - 1)).isEqualTo((byte) 7);
    }
}
