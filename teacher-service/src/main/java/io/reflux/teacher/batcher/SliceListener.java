package io.reflux.teacher.batcher;

/**
 * Hears what became of the slices of a job. Every slice that was reserved from the lane's {@link Admission} is reported
 * once. Called on the batcher's threads.
 */
public interface SliceListener {

    /** The outputs of a slice, all finite. */
    void computed(Slice slice, Computed computed);

    /** The slice has no outputs, and the job will not be completed. */
    void failed(Slice slice, Failure failure, String message);
}
