package io.reflux.benchmarks.streaming;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.OutputLabels;
import java.util.Random;

/** What both stacks send: a request for a number of messages of a size, and the messages. */
final class LabelMessages {

    private LabelMessages() {}

    /** Asks for messages: the batch's id says how many, its only position how large. */
    static LabelRequest request(int payloadBytes, int messages) {
        return LabelRequest.newBuilder()
                .setBatch(Batch.newBuilder().setBatchId(messages).addPositions(payloadBytes))
                .build();
    }

    static int count(LabelRequest request) {
        return (int) request.getBatch().getBatchId();
    }

    /** The payload of every message of an answer. */
    static byte[] payload(LabelRequest request) {
        byte[] payload = new byte[request.getBatch().getPositions(0)];
        new Random(1).nextBytes(payload);
        return payload;
    }

    /** One message; each is built anew, as a teacher builds it. */
    static LabelResponse message(int index, byte[] payload) {
        return LabelResponse.newBuilder()
                .setLabels(Labels.newBuilder()
                        .setBatchId(index)
                        .setSamples(1)
                        .addOutputs(OutputLabels.newBuilder().setPayload(UnsafeByteOperations.unsafeWrap(payload))))
                .build();
    }

    /** Sums bytes, so that a reader has read what came; throws when a message is not the next. */
    static long read(int index, LabelResponse message) {
        if (message.getLabels().getBatchId() != index) {
            throw new IllegalStateException(
                    "message: " + message.getLabels().getBatchId() + " (expected: " + index + ")");
        }
        ByteString payload = message.getLabels().getOutputs(0).getPayload();
        long sum = 0;
        for (int i = 0; i < payload.size(); i += 64) {
            sum += payload.byteAt(i);
        }
        return sum;
    }
}
