package io.reflux.teacher.batcher;

/** Says how much of a student's work may enter the model now. Called on the batcher's threads; must not block. */
public interface Admission {

    /**
     * Reserves room for the answers to up to {@code count} samples of a batch.
     *
     * @param count at least 1
     * @param samples the batch
     * @return how many samples were reserved; 0 while the student has no credit or its connection is full
     */
    int reserve(int count, Samples samples);

    /** Whether {@link #reserve} would give 0. */
    boolean stalled();

    /** Whether the student's connection takes nothing more, whether or not work waits. */
    default boolean full() {
        return false;
    }
}
