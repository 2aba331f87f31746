package io.reflux.teacher.access;

import io.reflux.proto.credentials.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who may call a teacher, and how.
 *
 * @param tls own certificate and key, and the authorities of students' certificates if those are asked for; null: clear text
 * @param tokenFile tokens of which students must show one; null: none is asked for
 * @param reflection whether the services can be listed; null: only without TLS
 * @param limits what one client may have open
 * @param reload how often the files are read again, at least 1 ms
 */
public record AccessConfig(
        @Nullable TlsFiles tls,
        @Nullable Path tokenFile,
        @Nullable Boolean reflection,
        ClientLimits limits,
        Duration reload) {

    /** Clear text, for everybody, within the default limits. */
    public static final AccessConfig OPEN =
            new AccessConfig(null, null, null, ClientLimits.DEFAULT, Duration.ofSeconds(2));

    /** @throws IllegalArgumentException if TLS has no certificate, or the interval is too short */
    public AccessConfig {
        if (tls != null && tls.cert() == null) {
            throw new IllegalArgumentException(
                    "cert: absent (expected: the teacher's certificate, since client-ca is given)");
        }
        if (reload.toMillis() < 1) {
            throw new IllegalArgumentException("reload: " + reload + " (expected: >= 1 ms)");
        }
    }

    /** Whether the services can be listed. */
    public boolean listsServices() {
        return reflection == null ? tls == null : reflection;
    }

    /** Returns these settings with other certificates. */
    public AccessConfig withTls(@Nullable TlsFiles files) {
        return new AccessConfig(files, tokenFile, reflection, limits, reload);
    }

    /** Returns these settings with another file of tokens. */
    public AccessConfig withTokenFile(@Nullable Path file) {
        return new AccessConfig(tls, file, reflection, limits, reload);
    }

    /** Returns these settings with reflection on or off, or as TLS says. */
    public AccessConfig withReflection(@Nullable Boolean on) {
        return new AccessConfig(tls, tokenFile, on, limits, reload);
    }

    /** Returns these settings with other limits. */
    public AccessConfig withLimits(ClientLimits other) {
        return new AccessConfig(tls, tokenFile, reflection, other, reload);
    }

    /** Returns these settings with files that are read again at another interval. */
    public AccessConfig withReload(Duration interval) {
        return new AccessConfig(tls, tokenFile, reflection, limits, interval);
    }
}
