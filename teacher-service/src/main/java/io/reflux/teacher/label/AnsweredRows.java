package io.reflux.teacher.label;

import io.reflux.teacher.batcher.Computed;
import io.reflux.teacher.batcher.Slice;

/**
 * The rows of one output that a slice is answered with: of each of its samples all that the output has, or those at the
 * positions that were asked for.
 */
final class AnsweredRows {

    private final Slice slice;
    private final int[] positions;
    private final float[] values;
    private final int offset;
    private final int rowsEach;

    private AnsweredRows(Slice slice, int[] positions, float[] values, int offset, int rowsEach) {
        this.slice = slice;
        this.positions = positions;
        this.values = values;
        this.offset = offset;
        this.rowsEach = rowsEach;
    }

    /** Picks the rows out of what the model gave; only copied where not all of it was asked for. */
    static AnsweredRows of(Slice slice, Computed computed, WantedOutput output) {
        int[] positions = slice.job().samples().positions();
        float[] values = computed.values(output.index());
        int offset = computed.offset(output.index(), 0);
        int rows = output.shape().rows();
        if (positions.length == 0) {
            return new AnsweredRows(slice, positions, values, offset, rows);
        }
        int width = output.shape().width();
        float[] picked = new float[slice.count() * positions.length * width];
        int next = 0;
        for (int sample = 0; sample < slice.count(); sample++) {
            for (int position : positions) {
                int row = sample * rows + position;
                System.arraycopy(values, offset + row * width, picked, next, width);
                next += width;
            }
        }
        return new AnsweredRows(slice, positions, picked, 0, positions.length);
    }

    /** Rows of a sample, R. */
    int rowsEach() {
        return rowsEach;
    }

    /** Holds samples x R x W numbers from {@link #offset} on. */
    float[] values() {
        return values;
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
