package io.reflux.teacher.server;

import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A linear model with fixed weights that counts what it computes and can be made to wait, fail or give NaN. */
final class TinyModel implements InferenceModel {

    static final int CLASSES = 5;

    /** What the logits of one version are above those of the version before. */
    static final float STEP = 64;

    private final List<Long> sampleShape;
    private final int version;
    private final int elements;
    final AtomicInteger unmarkedRows = new AtomicInteger();
    final AtomicInteger markedRows = new AtomicInteger();
    final AtomicInteger calls = new AtomicInteger();
    volatile boolean closed;
    volatile Predicate<float[]> nanFor = sample -> false;
    volatile boolean failing;
    /** Null: computes at once. */
    volatile Semaphore turns = new Semaphore(Integer.MAX_VALUE);

    TinyModel() {
        this(List.of(1L, 4L, 4L));
    }

    TinyModel(List<Long> sampleShape) {
        this(sampleShape, 0);
    }

    /** @param version of the weights, 0 to 99 */
    TinyModel(List<Long> sampleShape, int version) {
        this.sampleShape = sampleShape;
        this.version = version;
        this.elements = Math.toIntExact(sampleShape.stream().reduce(1L, (a, b) -> a * b));
    }

    /** Calls that wait for their turn. */
    int waiting() {
        return turns.getQueueLength();
    }

    @Override
    public List<Long> sampleShape() {
        return sampleShape;
    }

    @Override
    public int numClasses() {
        return CLASSES;
    }

    @Override
    public String digest() {
        return version == 0 ? "ab".repeat(32) : String.format("%02d", version).repeat(32);
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of("reflux.pixel.mean", "0.5", "reflux.pixel.std", "0.25");
    }

    @Override
    public float[] logits(Inputs batch, int rows) {
        float[] inputs = ((Inputs.Samples) batch).values();
        turns.acquireUninterruptibly();
        if (closed) {
            throw new IllegalStateException("closed");
        }
        calls.incrementAndGet();
        if (failing) {
            throw new IllegalStateException("out of order");
        }
        float[] logits = new float[rows * CLASSES];
        for (int row = 0; row < rows; row++) {
            float[] sample = java.util.Arrays.copyOfRange(inputs, row * elements, (row + 1) * elements);
            (sample[0] > 0 ? markedRows : unmarkedRows).incrementAndGet();
            for (int c = 0; c < CLASSES; c++) {
                logits[row * CLASSES + c] = nanFor.test(sample) ? Float.NaN : logit(sample, c) + version * STEP;
            }
        }
        return logits;
    }

    static float logit(float[] sample, int c) {
        float sum = c;
        for (int i = 0; i < sample.length; i++) {
            sum += sample[i] * ((i * 31 + c * 17) % 11 - 5) / 8f;
        }
        return sum;
    }

    @Override
    public void close() {
        closed = true;
    }
}
