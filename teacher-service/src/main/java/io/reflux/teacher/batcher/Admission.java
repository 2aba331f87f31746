package io.reflux.teacher.batcher;

/** Says how much of a student's work may enter the model now. Called on the batcher's threads; must not block. */
public interface Admission {

    /**
     * Reserves room for the answer of up to {@code samples} samples.
     *
     * @param samples at least 1
     * @return how many samples were reserved; 0 while the student has no credit or its connection is full
     */
    int reserve(int samples);

    /** Whether {@link #reserve} would give 0. */
    boolean stalled();

    /** Whether the student's connection takes nothing more, whether or not work waits. */
    default boolean full() {
        return false;
    }
}
