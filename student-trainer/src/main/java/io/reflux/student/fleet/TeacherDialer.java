package io.reflux.student.fleet;

import io.reflux.student.remote.TeacherAddress;
import io.reflux.student.source.SoftLabelSource;

/** Reaches teachers. */
@FunctionalInterface
public interface TeacherDialer {
    /**
     * Reaches a teacher and checks that it fits; makes one attempt. Blocks; several may be dialled at a time.
     *
     * <p>The source must give the teacher up at the first break, and fail a batch alone that the teacher cannot label.
     *
     * @throws io.reflux.student.failure.TrainingFailure when it is not reached, does not let the student in, or does not fit
     */
    SoftLabelSource dial(TeacherAddress teacher);
}
