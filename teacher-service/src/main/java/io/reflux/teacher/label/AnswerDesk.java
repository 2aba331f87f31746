package io.reflux.teacher.label;

import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.batcher.Samples;
import io.vertx.core.Context;
import java.util.List;

/** Takes what became of batches from any thread to the stream's event loop, and there into the outbox. */
final class AnswerDesk {

    private final Context context;
    private final Outbox outbox;
    private final CreditAccount credit;
    private final UnansweredBatches unanswered;
    private final Runnable changed;

    /**
     * A desk of one stream.
     *
     * @param context its event loop
     * @param changed called there when there is something to send, or a batch will not be answered
     */
    AnswerDesk(Context context, Outbox outbox, CreditAccount credit, UnansweredBatches unanswered, Runnable changed) {
        this.context = context;
        this.outbox = outbox;
        this.credit = credit;
        this.unanswered = unanswered;
        this.changed = changed;
    }

    /**
     * Messages to be sent.
     *
     * @param sampleBytes what the credit holds for each sample in them
     * @param taken called when they are in the outbox
     */
    void answered(List<LabelResponse> messages, long sampleBytes, Runnable taken) {
        context.runOnContext(run -> {
            outbox.add(messages, sampleBytes);
            taken.run();
            changed.run();
        });
    }

    /** So many samples of a batch have no answer, and the batch gets an error if it has none yet. */
    void failed(long batchId, Samples samples, int count, Failure failure, String message, Runnable taken) {
        context.runOnContext(run -> {
            credit.release(count, samples);
            if (unanswered.end(batchId)) {
                outbox.error(batchId, code(failure), message);
            }
            taken.run();
            changed.run();
        });
    }

    private static BatchErrorCode code(Failure failure) {
        return switch (failure) {
            case INVALID -> BatchErrorCode.BATCH_ERROR_CODE_INVALID;
            case NON_FINITE -> BatchErrorCode.BATCH_ERROR_CODE_NON_FINITE;
            case MODEL_FAILED -> BatchErrorCode.BATCH_ERROR_CODE_MODEL_FAILED;
        };
    }
}
