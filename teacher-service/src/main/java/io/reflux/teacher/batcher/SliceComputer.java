package io.reflux.teacher.batcher;

import com.google.protobuf.ByteString;
import io.reflux.model.runtime.Inputs;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.engine.ModelUse;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders a batch, runs the model over it, and hands each slice its logits.
 *
 * <p>A slice that cannot be rendered or whose logits are not finite fails alone; if the model throws, all fail. With a fixed
 * shape every batch has the same number of rows, and those that nobody asked for are zero.
 */
public final class SliceComputer {

    private static final Logger LOG = LoggerFactory.getLogger(SliceComputer.class);

    /** Hears when the model is done with a batch, before its answers are encoded. */
    @FunctionalInterface
    interface Timing {
        /** @param modelNanos negative if the model failed */
        void computed(long renderNanos, long modelNanos);
    }

    private final Supplier<ModelUse> models;
    private final ModelShape shape;
    private final int fixedRows;
    private final BatcherListener listener;

    /** One batch at a time is in the model, the one that was rendered first. */
    private final Lock turn = new ReentrantLock(true);

    /**
     * A computer around the model that answers, which may be another one for each batch.
     *
     * @param models gives a use of it, which is closed when its answers were handed over
     * @param shape what all of them take and give
     * @param fixedRows rows of every batch; 0: as many as it has samples
     */
    public SliceComputer(Supplier<ModelUse> models, ModelShape shape, int fixedRows, BatcherListener listener) {
        this.models = models;
        this.shape = shape;
        this.fixedRows = fixedRows;
        this.listener = listener;
    }

    /** Computes a batch of at least one sample; {@code timing} hears of it once, whatever happens. */
    void compute(List<Slice> batch, Timing timing) {
        long taken = System.nanoTime();
        batch.forEach(slice -> listener.dequeued(taken - slice.job().submittedNanos()));
        int samples = batch.stream().mapToInt(Slice::count).sum();
        Run run = new Run(timing);
        try (ModelUse model = models.get()) {
            int rows = Math.max(samples, fixedRows);
            InputBuffer inputs = new InputBuffer(shape.inputType(), Math.multiplyExact(rows, shape.sampleElements()));
            @Nullable String[] faults = render(batch, inputs);
            float[] logits = run.run(model, inputs.inputs(), rows);
            listener.computed(samples, run.modelNanos);
            deliver(batch, faults, new Answers(model.digest(), logits, taken, run.modelNanos));
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            LOG.error("the model failed on a batch of {} samples", samples, e);
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            batch.forEach(slice -> fail(slice, Failure.MODEL_FAILED, "model: " + message));
        } finally {
            run.tell();
        }
    }

    /** Measures one batch. */
    private final class Run {

        private final Timing timing;
        private final long begun = System.nanoTime();
        private long renderNanos;
        private long modelNanos = -1;
        private boolean told;

        Run(Timing timing) {
            this.timing = timing;
        }

        float[] run(ModelUse model, Inputs inputs, int rows) {
            renderNanos = System.nanoTime() - begun;
            turn.lock();
            try {
                long start = System.nanoTime();
                float[] logits = model.logits(inputs, rows);
                requireLength(logits, rows);
                modelNanos = System.nanoTime() - start;
                return logits;
            } finally {
                turn.unlock();
                tell();
            }
        }

        void tell() {
            if (!told) {
                told = true;
                timing.computed(renderNanos, modelNanos);
            }
        }
    }

    /** The fault of each slice that cannot be rendered; its inputs stay zero. */
    private @Nullable String[] render(List<Slice> batch, InputBuffer inputs) {
        @Nullable String[] faults = new String[batch.size()];
        int elements = shape.sampleElements();
        int row = 0;
        for (int i = 0; i < faults.length; i++) {
            Slice slice = batch.get(i);
            try {
                slice.job().samples().render(slice.first(), slice.count(), inputs, row * elements);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                faults[i] = String.valueOf(e.getMessage());
                // What was rendered of it must not reach the model beside the others.
                inputs.clear(row * elements, (row + slice.count()) * elements);
            }
            row += slice.count();
        }
        return faults;
    }

    private void requireLength(float[] logits, int rows) {
        if (logits.length != (long) rows * shape.sampleLogits()) {
            throw new IllegalStateException("logits: " + logits.length + " numbers (expected: " + rows + " x "
                    + shape.positions() + " x " + shape.classes() + ")");
        }
    }

    /** What a model gave for a batch that was taken at a time. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Answers(ByteString modelDigest, float[] logits, long taken, long computeNanos) {}

    private void deliver(List<Slice> batch, @Nullable String[] faults, Answers answers) {
        float[] logits = answers.logits();
        int row = 0;
        for (int i = 0; i < faults.length; i++) {
            Slice slice = batch.get(i);
            int offset = row * shape.sampleLogits();
            int bad = firstNonFinite(logits, offset, slice.count() * shape.sampleLogits());
            if (faults[i] != null) {
                fail(slice, Failure.INVALID, faults[i]);
            } else if (bad >= 0) {
                fail(
                        slice,
                        Failure.NON_FINITE,
                        "logits" + place(slice.first(), bad) + ": " + logits[offset + bad] + " (expected: finite)");
            } else {
                report(slice, answers, offset);
            }
            row += slice.count();
        }
    }

    /** Where the logit {@code index} of a slice is, for people. */
    private String place(int firstSample, int index) {
        int row = index / shape.classes();
        String position = shape.positions() == 1 ? "" : "[position " + row % shape.positions() + "]";
        return "[sample " + (firstSample + row / shape.positions()) + "]" + position + "[class "
                + index % shape.classes() + "]";
    }

    private void report(Slice slice, Answers answers, int offset) {
        try {
            slice.job()
                    .listener()
                    .computed(
                            slice,
                            answers.modelDigest(),
                            answers.logits(),
                            offset,
                            answers.taken() - slice.job().submittedNanos(),
                            answers.computeNanos());
        } catch (RuntimeException e) {
            LOG.error("an answer could not be encoded", e);
            fail(slice, Failure.MODEL_FAILED, "answer: " + e.getMessage());
        }
    }

    private static void fail(Slice slice, Failure failure, String message) {
        slice.job().fail();
        slice.job().listener().failed(slice, failure, message);
    }

    private static int firstNonFinite(float[] logits, int offset, int length) {
        for (int i = 0; i < length; i++) {
            if (!Float.isFinite(logits[offset + i])) {
                return i;
            }
        }
        return -1;
    }
}
