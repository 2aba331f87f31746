package io.reflux.teacher.batcher;

import io.reflux.model.runtime.Inputs;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.engine.ModelUse;
import io.reflux.teacher.engine.OutputShape;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders a batch, runs the model over it, and hands each slice its outputs. One pass gives all that any of the slices wants.
 *
 * <p>A slice that cannot be rendered or one of whose outputs is not finite fails alone; if the model throws, all fail. With a fixed
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
            int[] wanted = wanted(batch);
            List<float[]> values = run.run(model, inputs.inputs(), rows, wanted);
            Computed computed = Computed.batch(shape, model.digest(), wanted, values, rows, run.modelNanos);
            listener.computed(samples, run.modelNanos);
            deliver(batch, faults, computed, taken);
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            LOG.error("the model failed on a batch of {} samples", samples, e);
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            batch.forEach(slice -> fail(slice, Failure.MODEL_FAILED, "model: " + message));
        } finally {
            run.tell();
        }
    }

    /** What at least one of the slices wants. */
    private static int[] wanted(List<Slice> batch) {
        return batch.stream()
                .flatMapToInt(slice -> IntStream.of(slice.job().outputs()))
                .distinct()
                .sorted()
                .toArray();
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

        List<float[]> run(ModelUse model, Inputs inputs, int rows, int[] wanted) {
            renderNanos = System.nanoTime() - begun;
            turn.lock();
            try {
                long start = System.nanoTime();
                List<float[]> values = model.values(inputs, rows, wanted);
                modelNanos = System.nanoTime() - start;
                return values;
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

    private void deliver(List<Slice> batch, @Nullable String[] faults, Computed computed, long taken) {
        int row = 0;
        for (int i = 0; i < faults.length; i++) {
            Slice slice = batch.get(i);
            Computed part = computed.from(row, taken - slice.job().submittedNanos());
            String bad = faults[i] == null ? firstNonFinite(slice, part) : null;
            if (faults[i] != null) {
                fail(slice, Failure.INVALID, faults[i]);
            } else if (bad != null) {
                fail(slice, Failure.NON_FINITE, bad);
            } else {
                report(slice, part);
            }
            row += slice.count();
        }
    }

    /** Says which number that a slice wants is not finite; null if none is. */
    private @Nullable String firstNonFinite(Slice slice, Computed computed) {
        for (int output : slice.job().outputs()) {
            OutputShape given = shape.outputs().get(output);
            float[] values = computed.values(output);
            int offset = computed.offset(output, 0);
            int count = slice.count() * given.elements();
            for (int i = 0; i < count; i++) {
                if (!Float.isFinite(values[offset + i])) {
                    return given.name() + place(slice.first(), output, i) + ": " + values[offset + i]
                            + " (expected: finite)";
                }
            }
        }
        return null;
    }

    /** Where number {@code index} of a slice's output is, for people. */
    private String place(int firstSample, int output, int index) {
        OutputShape given = shape.outputs().get(output);
        int row = index / given.width();
        boolean logits = output == ModelShape.LOGITS;
        String inSample = given.rows() == 1 ? "" : (logits ? "[position " : "[row ") + row % given.rows() + "]";
        return "[sample " + (firstSample + row / given.rows()) + "]" + inSample + (logits ? "[class " : "[")
                + index % given.width() + "]";
    }

    private void report(Slice slice, Computed computed) {
        try {
            slice.job().listener().computed(slice, computed);
        } catch (RuntimeException e) {
            LOG.error("an answer could not be encoded", e);
            fail(slice, Failure.MODEL_FAILED, "answer: " + e.getMessage());
        }
    }

    private static void fail(Slice slice, Failure failure, String message) {
        slice.job().fail();
        slice.job().listener().failed(slice, failure, message);
    }
}
