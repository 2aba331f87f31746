package io.reflux.student.fleet;

import java.util.Locale;

/** Why a teacher was quarantined. */
public enum QuarantineReason {
    /** Its labels were not finite or malformed. */
    LABELS,
    /** It answers with another model than the fleet. */
    MODEL,
    /** It disagrees with the fleet on the canaries. */
    CANARY;

    /** Returns the name as metrics show it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
