package io.reflux.teacher.batcher;

import io.reflux.data.view.View;
import org.jspecify.annotations.Nullable;

/** The samples of one batch, to be rendered when the model is ready for them. Read by one thread at a time. */
public interface Samples {

    /** Number of samples, at least 1. */
    int count();

    /** Memory that the samples hold while they wait. */
    long heldBytes();

    /**
     * Stands for a sample where something is drawn at random about it: the same sample has the same seed, whatever batch or
     * stream it comes in.
     */
    long seed(int sample);

    /** The view that a sample was named by; null for one that came by value. */
    default @Nullable View view(int sample) {
        return null;
    }

    /**
     * Rows of logits that each sample is answered with.
     *
     * @param positions rows that the model has for a sample
     */
    default int rowsEach(int positions) {
        return positions().length == 0 ? positions : positions().length;
    }

    /**
     * The positions of each sample that are to be labelled, increasing; empty for all that the model has. Not to be
     * changed.
     */
    default int[] positions() {
        return new int[0];
    }

    /**
     * Writes what the model takes for {@code count} samples from {@code first} on.
     *
     * @param target receives the samples, row-major, from element {@code offset} on
     * @throws IllegalArgumentException if the samples are not what the model takes; the batch is at fault
     */
    void render(int first, int count, InputBuffer target, int offset);
}
