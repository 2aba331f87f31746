package io.reflux.teacher.label;

import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.engine.ModelShape;

/**
 * The rows of logits that a slice is answered with: of each of its samples one row, or one for each position that was
 * asked for.
 */
final class AnsweredRows {

    private final Slice slice;
    private final int[] positions;
    private final float[] logits;
    private final int offset;
    private final int rowsEach;

    private AnsweredRows(Slice slice, int[] positions, float[] logits, int offset, int rowsEach) {
        this.slice = slice;
        this.positions = positions;
        this.logits = logits;
        this.offset = offset;
        this.rowsEach = rowsEach;
    }

    /**
     * Picks the rows out of what the model gave.
     *
     * @param logits holds the slice, samples x positions x classes, from {@code offset} on; only copied where not all of it
     *     was asked for
     */
    static AnsweredRows of(Slice slice, float[] logits, int offset, ModelShape shape) {
        int[] positions = slice.job().samples().positions();
        if (positions.length == 0) {
            return new AnsweredRows(slice, positions, logits, offset, shape.positions());
        }
        int classes = shape.classes();
        float[] picked = new float[slice.count() * positions.length * classes];
        int next = 0;
        for (int sample = 0; sample < slice.count(); sample++) {
            for (int position : positions) {
                int row = sample * shape.positions() + position;
                System.arraycopy(logits, offset + row * classes, picked, next, classes);
                next += classes;
            }
        }
        return new AnsweredRows(slice, positions, picked, 0, positions.length);
    }

    /** Rows of a sample, R. */
    int rowsEach() {
        return rowsEach;
    }

    /** Holds samples x R x classes from {@link #offset} on. */
    float[] logits() {
        return logits;
    }

    int offset() {
        return offset;
    }

    /** The seed of what is drawn about a row, 0 to samples x R - 1. */
    long seed(int row) {
        int position = row % rowsEach;
        return Seeds.ofPosition(
                slice.job().samples().seed(slice.first() + row / rowsEach),
                positions.length == 0 ? position : positions[position]);
    }
}
