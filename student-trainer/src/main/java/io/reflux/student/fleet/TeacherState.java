package io.reflux.student.fleet;

import java.util.Locale;

/** How one teacher of a fleet stands. */
public enum TeacherState {
    /** It is being reached and examined. */
    JOINING,
    /** It is asked for labels. */
    SERVING,
    /** It cannot be reached; it is tried again. */
    AWAY,
    /** It does not fit, or does not let the student in; it is tried again, seldom. */
    REFUSED,
    /** It answered wrongly; it is examined again after a while. */
    QUARANTINED,
    /** It is no member any more. */
    LEFT;

    /** Returns the name as metrics and progress show it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
