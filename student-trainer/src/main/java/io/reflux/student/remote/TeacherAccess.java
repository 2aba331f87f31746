package io.reflux.student.remote;

import io.reflux.proto.credentials.TlsFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a student needs to be let in by a teacher.
 *
 * @param tls authorities of the teacher's certificate, and the student's own if the teacher asks for one; null: clear text
 * @param tokenFile file with the student's token; null: none is sent
 */
public record TeacherAccess(
        @Nullable TlsFiles tls, @Nullable Path tokenFile) {
    /** Clear text, no token. */
    public static final TeacherAccess OPEN = new TeacherAccess(null, null);
}
