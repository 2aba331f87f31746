package io.reflux.student.remote;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Tells faults of certificates, which another attempt cannot change, from those of a connection, and says them in a line. */
final class TlsFault {
    private static final int MAX_CAUSES = 16;

    private TlsFault() {}

    /** What is wrong with the certificates or with the choice of TLS, or nothing if the failure is of another kind. */
    static Optional<String> of(Throwable failure) {
        SSLException tls = null;
        Throwable at = failure;
        for (int i = 0; at != null && i < MAX_CAUSES; i++, at = at.getCause()) {
            if (at instanceof TlsProbe.SpeaksTls) {
                return Optional.of("it speaks TLS (expected: teacher.tls, or a teacher without --tls-cert)");
            }
            if (at instanceof NotSslRecordException) {
                return Optional.of(
                        "it speaks no TLS (expected: a teacher with --tls-cert, or a recipe without" + " teacher.tls)");
            }
            if (at instanceof CertificateExpiredException || at instanceof CertificateNotYetValidException) {
                return Optional.of("its certificate is not valid now: " + at.getMessage());
            }
            if (at instanceof CertPathBuilderException) {
                return Optional.of(
                        "its certificate is of no authority that is trusted (expected: one of teacher.tls.ca,"
                                + " or of the JVM's without it)");
            }
            if (at instanceof SSLException e) {
                tls = e;
            }
        }
        return tls == null ? Optional.empty() : words(String.valueOf(tls.getMessage()));
    }

    private static Optional<String> words(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("subject alternative") || lower.contains("no name matching")) {
            return Optional.of("its certificate is of another host: " + message);
        }
        if (lower.contains("fatal alert") && lower.contains("cert")) {
            return Optional.of("it refuses our certificate, or wants one: " + message
                    + " (expected: teacher.tls.cert and key of an authority that it trusts)");
        }
        if (lower.contains("fatal alert") || lower.contains("protocol") || lower.contains("path")) {
            return Optional.of("no TLS connection: " + message);
        }
        // A connection that broke off during the handshake may be made the next time.
        return Optional.empty();
    }
}
