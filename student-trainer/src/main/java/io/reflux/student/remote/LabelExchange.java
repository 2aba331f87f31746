package io.reflux.student.remote;

import io.reflux.proto.encoding.EncodingException;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchError;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.SoftLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Which batches are wanted, sent and answered, and how much credit that leaves. No network and no threads: all calls come from
 * one event loop.
 *
 * <p>A batch is completed once, by one model, whatever arrives twice.
 */
final class LabelExchange {
    private final TeacherTerms terms;
    private final AnswerPolicy policy;
    /** By wire id: batches to be sent, and batches sent. */
    private final TreeMap<Long, PendingBatch> unsent = new TreeMap<>();

    private final TreeMap<Long, PendingBatch> inFlight = new TreeMap<>();
    private final CreditWindow credit;
    private long nextWireId;
    private long duplicates;
    private volatile String modelDigest;

    LabelExchange(TeacherTerms terms, AnswerPolicy policy) {
        this.terms = terms;
        this.policy = policy;
        this.credit = new CreditWindow(terms.windowBytes());
        this.modelDigest = terms.modelDigest();
    }

    /** Wants a batch. */
    void add(PendingBatch batch) {
        enqueue(batch, batch.batchId());
    }

    private void enqueue(PendingBatch batch, long atLeast) {
        batch.setWireId(Math.max(nextWireId, atLeast));
        nextWireId = batch.wireId() + 1;
        unsent.put(batch.wireId(), batch);
    }

    /**
     * Begins a new stream: what was unanswered is to be sent again under its old id.
     *
     * @return credit to open the stream with, in bytes
     */
    long reopen() {
        long forgotten = 0;
        for (PendingBatch batch : inFlight.values()) {
            forgotten += batch.forget();
            unsent.put(batch.wireId(), batch);
        }
        inFlight.clear();
        return credit.reopen(forgotten);
    }

    /** Returns the smallest wire id that is not answered; every id below has been received. */
    long firstUnanswered() {
        long first = nextWireId;
        first = inFlight.isEmpty() ? first : Math.min(first, inFlight.firstKey());
        return unsent.isEmpty() ? first : Math.min(first, unsent.firstKey());
    }

    /** Takes the batches that may be sent now, in order of their ids. */
    List<Batch> take(long nowNanos) {
        List<Batch> batches = new ArrayList<>();
        while (!unsent.isEmpty() && inFlight.size() < terms.batchesInFlight()) {
            PendingBatch batch = unsent.pollFirstEntry().getValue();
            inFlight.put(batch.wireId(), batch);
            batches.add(batch.sent(nowNanos));
        }
        return batches;
    }

    /**
     * Takes in an answer or a part of one.
     *
     * @throws TrainingFailure with code BAD_LABELS or OTHER_MODEL when it must not be trained on
     */
    void receive(Labels labels) {
        int bytes = labels.getSerializedSize();
        requireDigest(Digests.toHex(labels.getModelDigest()));
        PendingBatch batch = inFlight.get(labels.getBatchId());
        int first = labels.getFirstSample();
        int count = labels.getSamples();
        if (batch == null) {
            drop(bytes);
            return;
        }
        if (first < 0 || count < 1 || (long) first + count > batch.rows() || labels.getOutputsCount() != numOutputs()) {
            throw bad("labels of batch " + batch.batchId() + ": " + labels.getOutputsCount() + " outputs, samples "
                    + first + " and " + count + " more (expected: " + numOutputs()
                    + (numOutputs() == 1 ? " output" : " outputs") + ", within " + batch.rows() + " samples)");
        }
        if (batch.overlaps(first, count)) {
            drop(bytes);
            return;
        }
        decode(labels, batch);
        credit.hold(bytes);
        batch.receive(first, count, bytes);
        if (batch.complete()) {
            inFlight.remove(labels.getBatchId());
            credit.complete(batch.batchId(), batch.bytes());
            batch.answer()
                    .complete(new SoftLabels(
                            batch.batchId(),
                            batch.rows() * terms.positions(),
                            terms.classes(),
                            batch.logits(terms.sampleLogits()),
                            modelDigest,
                            batch.hints(terms.hints())));
        }
    }

    private int numOutputs() {
        return 1 + terms.hints().size();
    }

    private void drop(int bytes) {
        duplicates++;
        credit.drop(bytes);
    }

    private void decode(Labels labels, PendingBatch batch) {
        decode(
                labels,
                batch,
                0,
                terms.encoding(),
                terms.logits(),
                terms.positions(),
                terms.classes(),
                batch.logits(terms.sampleLogits()));
        for (int i = 0; i < terms.hints().size(); i++) {
            HintTerms hint = terms.hints().get(i);
            decode(
                    labels,
                    batch,
                    i + 1,
                    hint.encoding(),
                    hint.hint().name(),
                    hint.hint().rows(),
                    hint.hint().width(),
                    batch.hints(terms.hints()).get(i));
        }
    }

    private void decode(
            Labels labels,
            PendingBatch batch,
            int output,
            SoftLabelEncoding encoding,
            String name,
            int rowsEach,
            int width,
            float[] target) {
        try {
            encoding.decode(
                    labels.getOutputs(output).getPayload(),
                    labels.getSamples() * rowsEach,
                    width,
                    target,
                    labels.getFirstSample() * rowsEach * width);
        } catch (EncodingException e) {
            String what = output == 0 ? "" : ", output " + name;
            throw bad("labels of batch " + batch.batchId() + what + ": " + e.getMessage());
        }
    }

    /** Returns the digest of the model whose labels are taken; from any thread. */
    String modelDigest() {
        return modelDigest;
    }

    /**
     * Takes in that from now on this model answers. Batches of which a part has come are asked for again as a whole.
     *
     * @throws TrainingFailure with code OTHER_MODEL when it is another one and must not be
     */
    void modelChanged(String digest) {
        if (digest.equals(modelDigest)) {
            return;
        }
        if (!policy.acceptModelChange()) {
            requireDigest(digest);
        }
        modelDigest = digest;
        for (PendingBatch batch : List.copyOf(inFlight.values())) {
            if (batch.bytes() > 0) {
                inFlight.remove(batch.wireId());
                again(batch, batch.forget());
            }
        }
    }

    private void requireDigest(String digest) {
        if (!digest.equals(modelDigest)) {
            throw new TrainingFailure(
                    TrainingFailure.Code.OTHER_MODEL,
                    "teacher " + terms.address() + ": labels of model " + digest + " (expected: " + modelDigest
                            + ", with which the run began)");
        }
    }

    /** Sends a batch again. Ids increase within a stream, so it gets a new one. */
    private void again(PendingBatch batch, long droppedBytes) {
        credit.giveUp(droppedBytes);
        enqueue(batch, 0);
    }

    /**
     * Takes in that a batch could not be labelled.
     *
     * @return whether the batch is to be sent again, after a pause
     * @throws TrainingFailure with code BAD_LABELS when sending it again will not help and there is nobody else to ask
     */
    boolean receive(BatchError error) {
        PendingBatch batch = inFlight.get(error.getBatchId());
        if (batch == null) {
            return false;
        }
        boolean again = error.getCode() == BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED
                || error.getCode() == BatchErrorCode.BATCH_ERROR_CODE_MODEL_FAILED;
        if (again && batch.failures() < policy.batchRetries()) {
            inFlight.remove(error.getBatchId());
            again(batch, batch.fail());
            return true;
        }
        String code = error.getCode().name().replace("BATCH_ERROR_CODE_", "");
        String what = "batch " + batch.batchId() + ": " + code + ": " + error.getMessage();
        if (!policy.oneOfMany() || error.getCode() == BatchErrorCode.BATCH_ERROR_CODE_NON_FINITE) {
            // The batch stays in flight: whoever catches this fails all that is.
            throw bad(what);
        }
        inFlight.remove(error.getBatchId());
        credit.giveUp(batch.fail());
        batch.answer()
                .completeExceptionally(new TrainingFailure(
                        again ? TrainingFailure.Code.TEACHER_UNAVAILABLE : TrainingFailure.Code.MISMATCH,
                        "teacher " + terms.address() + ": " + what));
        return false;
    }

    /** Gives back the credit of labels that have been used. */
    void release(long batchId) {
        credit.release(batchId);
    }

    /** Returns the credit to grant now, in bytes; 0 while it is not worth a message. */
    long takeGrant() {
        return credit.takeGrant();
    }

    /** Returns when the oldest unanswered batch was sent; {@code otherwise} when there is none. */
    long oldestSentNanos(long otherwise) {
        return inFlight.isEmpty()
                ? otherwise
                : inFlight.values().stream()
                        .mapToLong(PendingBatch::sentNanos)
                        .min()
                        .orElse(otherwise);
    }

    /** Returns whether everything that was wanted has been answered. */
    boolean idle() {
        return inFlight.isEmpty() && unsent.isEmpty();
    }

    /** Returns how many answers came that nobody waited for. */
    long duplicates() {
        return duplicates;
    }

    /** Fails everything that is unanswered. */
    void failAll(TrainingFailure failure) {
        inFlight.values().forEach(batch -> batch.answer().completeExceptionally(failure));
        unsent.values().forEach(batch -> batch.answer().completeExceptionally(failure));
        inFlight.clear();
        unsent.clear();
    }

    private TrainingFailure bad(String what) {
        return new TrainingFailure(TrainingFailure.Code.BAD_LABELS, "teacher " + terms.address() + ": " + what);
    }
}
