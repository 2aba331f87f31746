package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.BatchError;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.ModelChanged;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.teacher.metrics.TeacherMetrics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Computed answers that wait for the student's credit and its connection. Runs on the stream's event loop. */
final class Outbox {

    private static final int MAX_MESSAGE_LENGTH = 1024;

    private final LabelCall call;
    private final CreditAccount credit;
    private final UnansweredBatches unanswered;
    private final TeacherMetrics metrics;
    private final Deque<LabelResponse> answers = new ArrayDeque<>();

    Outbox(LabelCall call, CreditAccount credit, UnansweredBatches unanswered, TeacherMetrics metrics) {
        this.call = call;
        this.credit = credit;
        this.unanswered = unanswered;
        this.metrics = metrics;
    }

    /** Puts label messages at the end; the samples in them are reserved in the credit. */
    void add(List<LabelResponse> messages) {
        answers.addAll(messages);
    }

    /** Tells, behind the labels that wait, that another model answers from here on; needs no credit. */
    void modelChanged(ByteString digest) {
        answers.add(LabelResponse.newBuilder()
                .setModelChanged(ModelChanged.newBuilder().setModelDigest(digest))
                .build());
    }

    /** Sends what credit and connection allow. */
    void flush() {
        while (!answers.isEmpty() && maySend(answers.peek()) && !call.full()) {
            LabelResponse next = answers.remove();
            if (next.hasLabels()) {
                send(next);
            } else {
                call.write(next);
            }
        }
    }

    private boolean maySend(LabelResponse message) {
        return !message.hasLabels() || credit.maySend();
    }

    private void send(LabelResponse message) {
        int samples = message.getLabels().getSamples();
        if (!unanswered.sent(message.getLabels().getBatchId(), samples)) {
            // Another part of the batch failed, and the student was told so.
            credit.release(rows(message));
            return;
        }
        int bytes = message.getLabels().getSerializedSize();
        credit.spend(bytes, rows(message));
        metrics.sent(samples, bytes);
        call.write(message);
    }

    /** Rows of logits in a message: as many for each sample as all but the last dimension of its answer say. */
    private static long rows(LabelResponse message) {
        OutputLabels output = message.getLabels().getOutputs(0);
        return (long) message.getLabels().getSamples() * (output.getShapeCount() == 1 ? 1 : output.getShape(0));
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
