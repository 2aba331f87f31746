package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.BatchError;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.ModelChanged;
import io.reflux.teacher.metrics.TeacherMetrics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Computed answers that wait for the student's credit and its connection. Runs on the stream's event loop. */
final class Outbox {

    private static final int MAX_MESSAGE_LENGTH = 1024;

    private final LabelCall call;
    private final List<String> outputs;
    private final CreditAccount credit;
    private final UnansweredBatches unanswered;
    private final TeacherMetrics metrics;
    private final Deque<Held> answers = new ArrayDeque<>();

    /**
     * A message that waits.
     *
     * @param reservedBytes what the credit holds for it
     */
    private record Held(LabelResponse message, long reservedBytes) {}

    /**
     * An empty outbox.
     *
     * @param outputs names of the outputs that each message holds, in their order
     */
    Outbox(
            LabelCall call,
            List<String> outputs,
            CreditAccount credit,
            UnansweredBatches unanswered,
            TeacherMetrics metrics) {
        this.call = call;
        this.outputs = outputs;
        this.credit = credit;
        this.unanswered = unanswered;
        this.metrics = metrics;
    }

    /** Puts label messages at the end, for each of whose samples so many bytes are reserved in the credit. */
    void add(List<LabelResponse> messages, long sampleBytes) {
        messages.forEach(
                message -> answers.add(new Held(message, message.getLabels().getSamples() * sampleBytes)));
    }

    /** Tells, behind the labels that wait, that another model answers from here on; needs no credit. */
    void modelChanged(ByteString digest) {
        LabelResponse changed = LabelResponse.newBuilder()
                .setModelChanged(ModelChanged.newBuilder().setModelDigest(digest))
                .build();
        answers.add(new Held(changed, 0));
    }

    /** Sends what credit and connection allow. */
    void flush() {
        while (!answers.isEmpty() && maySend(answers.element().message()) && !call.full()) {
            Held next = answers.remove();
            if (next.message().hasLabels()) {
                send(next);
            } else {
                call.write(next.message());
            }
        }
    }

    private boolean maySend(LabelResponse message) {
        return !message.hasLabels() || credit.maySend();
    }

    private void send(Held held) {
        Labels labels = held.message().getLabels();
        if (!unanswered.sent(labels.getBatchId(), labels.getSamples())) {
            // Another part of the batch failed, and the student was told so.
            credit.release(held.reservedBytes());
            return;
        }
        int bytes = labels.getSerializedSize();
        credit.spend(bytes, held.reservedBytes());
        metrics.sent(labels.getSamples(), bytes);
        for (int i = 0; i < outputs.size(); i++) {
            metrics.sent(outputs.get(i), labels.getOutputs(i).getPayload().size());
        }
        call.write(held.message());
    }

    /** Answers a batch with an error, before all that waits: it needs no credit. */
    void error(long batchId, BatchErrorCode code, String message) {
        metrics.batchError(code);
        String shortened =
                message.length() <= MAX_MESSAGE_LENGTH ? message : message.substring(0, MAX_MESSAGE_LENGTH) + "...";
        call.write(LabelResponse.newBuilder()
                .setError(BatchError.newBuilder()
                        .setBatchId(batchId)
                        .setCode(code)
                        .setMessage(shortened))
                .build());
    }

    /** Lets go of all. */
    void clear() {
        answers.clear();
    }
}
