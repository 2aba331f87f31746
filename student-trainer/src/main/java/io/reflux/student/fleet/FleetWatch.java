package io.reflux.student.fleet;

import io.reflux.student.remote.TeacherAddress;

/**
 * Told what happens in a fleet, from its event loop. A teacher is named by its slot: the smallest number that was free when it
 * joined, so that their number stays that of the largest fleet however many come and go.
 */
public interface FleetWatch {
    /** Watches nothing. */
    FleetWatch NONE = new FleetWatch() {};

    /** A teacher stands otherwise than before. */
    default void onState(int slot, TeacherAddress teacher, TeacherState state) {}

    /**
     * A teacher answered a batch.
     *
     * @param rows samples of the batch
     * @param latencyNanos from asking to the answer
     * @param rate samples a second that the teacher now counts for
     */
    default void onAnswer(int slot, int rows, long latencyNanos, double rate) {}

    /** A late batch is asked of this teacher too. */
    default void onHedge(int slot) {}

    /** An answer came when another teacher had given it, and was dropped. */
    default void onDuplicate(int slot) {}

    /** A teacher could not label a batch, which is asked for again. */
    default void onRetry(int slot) {}

    /** A teacher is trusted no more. */
    default void onQuarantine(int slot, QuarantineReason reason) {}

    /** Labels of another model are used from now on. */
    default void onModelChange(String modelDigest) {}
}
