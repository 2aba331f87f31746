package io.reflux.proto.credentials;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks PEM text: certificates in date, a private key in PKCS #8, and that the two belong together. */
final class PemReader {

    private static final String CERTIFICATES = "certificates in PEM";
    private static final String KEY =
            "a private key in PEM, PKCS #8 without a password, such as `openssl pkcs8 -topk8" + " -nocrypt` writes";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** Key algorithms that TLS serves, and a signature that tells whether a key belongs to a certificate. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private PemReader() {}

    /**
     * The certificates of a file.
     *
     * @param now when they must be valid
     * @throws CredentialsException if there is none, one is malformed, or one is not valid now
     */
    static List<X509Certificate> certificates(Path file, byte[] pem, Instant now) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : blocks(pem, "CERTIFICATE")) {
            certificates.add(certificate(file, der));
        }
        if (certificates.isEmpty()) {
            throw SecretFile.wrong(file, "no certificate in it", CERTIFICATES, null);
        }
        for (X509Certificate certificate : certificates) {
            requireValid(file, certificate, now);
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw SecretFile.wrong(file, "a malformed certificate", CERTIFICATES, e);
        }
    }

    private static void requireValid(Path file, X509Certificate certificate, Instant now) {
        Instant until = certificate.getNotAfter().toInstant();
        Instant from = certificate.getNotBefore().toInstant();
        String name = certificate.getSubjectX500Principal().getName();
        if (now.isAfter(until)) {
            throw SecretFile.wrong(file, "certificate of " + name + " expired at " + until, "one that is valid", null);
        }
        if (now.isBefore(from)) {
            throw SecretFile.wrong(
                    file, "certificate of " + name + " is valid from " + from + " on", "one that is valid", null);
        }
    }

    /**
     * Checks the private key of a file.
     *
     * @param certificate whose key it must be
     * @throws CredentialsException if there is none, it is encrypted or of another format, or of another certificate
     */
    static void requireKey(Path file, byte[] pem, Path certificateFile, X509Certificate certificate) {
        List<byte[]> keys = blocks(pem, "PRIVATE KEY");
        if (keys.size() != 1) {
            Matcher other = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
            String what = keys.size() > 1
                    ? keys.size() + " private keys"
                    : other.find() ? "holds " + other.group(1) : "no private key in it";
            throw SecretFile.wrong(file, what, KEY, null);
        }
        PrivateKey key = key(file, keys.get(0));
        if (!belong(key, certificate.getPublicKey())) {
            throw SecretFile.wrong(file, "another certificate's key", "the key of " + certificateFile, null);
        }
    }

    private static PrivateKey key(Path file, byte[] der) {
        for (String algorithm : SIGNATURES.keySet()) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // Of another algorithm, or malformed: the last one tried says so.
                continue;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(algorithm + ": absent (expected: in every JVM)", e);
            }
        }
        throw SecretFile.wrong(file, "a malformed private key", KEY + ", RSA, EC or Ed25519", null);
    }

    private static boolean belong(PrivateKey key, PublicKey publicKey) {
        String signature = SIGNATURES.get(key.getAlgorithm());
        byte[] text = {1, 2, 3};
        try {
            Signature signer = Signature.getInstance(signature);
            signer.initSign(key);
            signer.update(text);
            byte[] signed = signer.sign();
            signer.initVerify(publicKey);
            signer.update(text);
            return signer.verify(signed);
        } catch (GeneralSecurityException e) {
            // A public key of another algorithm is no key for this signature.
            return false;
        }
    }

    private static List<byte[]> blocks(byte[] pem, String label) {
        List<byte[]> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            if (matcher.group(1).equals(label)) {
                blocks.add(Base64.getMimeDecoder().decode(matcher.group(2)));
            }
        }
        return blocks;
    }
}
