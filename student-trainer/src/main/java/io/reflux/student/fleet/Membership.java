package io.reflux.student.fleet;

import io.reflux.student.remote.TeacherAddress;
import java.io.IOException;
import java.util.List;

/** Who the teachers of a fleet are. Asked again and again, from threads that may block, one at a time. */
public interface Membership extends AutoCloseable {
    /**
     * Returns the teachers as of now, in an order that means nothing; none is an answer too.
     *
     * @throws IOException when it cannot be known now; the fleet then stays as it was
     */
    List<TeacherAddress> now() throws IOException;

    /** Says where this knowledge comes from, for messages. */
    @Override
    String toString();

    @Override
    default void close() {}
}
