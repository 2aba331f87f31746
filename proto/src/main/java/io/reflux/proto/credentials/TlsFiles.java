package io.reflux.proto.credentials;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one end of a connection finds what it needs for TLS.
 *
 * @param cert own certificate and those up to its authority, in PEM; null for none
 * @param key private key of the first certificate, in PEM, PKCS #8; given with {@code cert}
 * @param ca certificates of the authorities that the other end's certificate must lead to, in PEM; null: a student takes the
 *     JVM's, a teacher asks for no certificate
 */
public record TlsFiles(
        @Nullable Path cert, @Nullable Path key, @Nullable Path ca) {

    private static final String CERTIFICATES = "certificates in PEM";

    /** @throws IllegalArgumentException if one of certificate and key is given without the other */
    public TlsFiles {
        if (cert == null && key != null) {
            throw new IllegalArgumentException("cert: absent (expected: present, since key is given)");
        }
        if (cert != null && key == null) {
            throw new IllegalArgumentException("key: absent (expected: present, since cert is given)");
        }
    }

    /**
     * Reads and checks the files. Blocks.
     *
     * @param now when the certificates must be valid
     * @throws CredentialsException if a file is missing, unreadable, not PEM or not in date, or if the key is another
     *     certificate's
     */
    public TlsMaterial read(Instant now) {
        byte[] certPem = null;
        byte[] keyPem = null;
        if (cert != null && key != null) {
            certPem = SecretFile.read(cert, CERTIFICATES);
            List<X509Certificate> chain = PemReader.certificates(cert, certPem, now);
            keyPem = SecretFile.read(key, "a private key in PEM");
            PemReader.requireKey(key, keyPem, cert, chain.get(0));
        }
        byte[] caPem = null;
        if (ca != null) {
            caPem = SecretFile.read(ca, CERTIFICATES);
            PemReader.certificates(ca, caPem, now);
        }
        return new TlsMaterial(certPem, keyPem, caPem);
    }
}
