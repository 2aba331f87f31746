package io.reflux.student.fleet;

import io.reflux.student.remote.TeacherAddress;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Teachers that are named once.
 *
 * @param now the teachers, at least one
 */
public record StaticMembership(List<TeacherAddress> now) implements Membership {
    /**
     * Drops what is named twice.
     *
     * @throws IllegalArgumentException when there are none
     */
    public StaticMembership {
        now = List.copyOf(new LinkedHashSet<>(now));
        if (now.isEmpty()) {
            throw new IllegalArgumentException("addresses: none (expected: at least one)");
        }
    }

    @Override
    public String toString() {
        return "addresses";
    }
}
