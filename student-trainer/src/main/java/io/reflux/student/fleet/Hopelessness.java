package io.reflux.student.fleet;

import io.reflux.student.failure.TrainingFailure;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** When a fleet is of no use any more, and how that is told. */
final class Hopelessness {
    private Hopelessness() {}

    /**
     * Returns the run's failure if no teacher can be expected to serve, or nothing.
     *
     * @param starting whether none has served yet; those that cannot be reached are then not waited for without end
     * @param attemptsAtStart attempts after which such a teacher is given up
     */
    static Optional<TrainingFailure> of(Collection<Teacher> teachers, boolean starting, int attemptsAtStart) {
        boolean hopeless = !teachers.isEmpty()
                && teachers.stream().allMatch(teacher -> switch (teacher.state()) {
                    case QUARANTINED, REFUSED -> true;
                    case AWAY -> starting && teacher.attempts() >= attemptsAtStart;
                    default -> false;
                });
        return hopeless
                ? Optional.of(new TrainingFailure(
                        code(teachers), reasons("teachers: none of " + teachers.size() + " can be used: ", teachers)))
                : Optional.empty();
    }

    /** Returns the failure of a fleet that has been without a teacher for so long. */
    static TrainingFailure without(Collection<Teacher> teachers, long seconds) {
        return new TrainingFailure(
                TrainingFailure.Code.TEACHER_UNAVAILABLE, reasons("teachers: none for " + seconds + " s: ", teachers));
    }

    private static TrainingFailure.Code code(Collection<Teacher> teachers) {
        Set<TeacherState> states = teachers.stream().map(Teacher::state).collect(Collectors.toSet());
        if (states.contains(TeacherState.QUARANTINED)) {
            return TrainingFailure.Code.BAD_LABELS;
        }
        return states.contains(TeacherState.REFUSED)
                ? TrainingFailure.Code.MISMATCH
                : TrainingFailure.Code.TEACHER_UNAVAILABLE;
    }

    private static String reasons(String head, Collection<Teacher> teachers) {
        String all = teachers.stream()
                .map(Teacher::reason)
                .filter(reason -> !reason.isEmpty())
                .collect(Collectors.joining("; "));
        return teachers.size() == 1 && !all.isEmpty() ? all : head + all;
    }
}
