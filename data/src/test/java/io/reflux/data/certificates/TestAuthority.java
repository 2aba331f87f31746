package io.reflux.data.certificates;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A certificate authority of one test: X.509 certificates (RFC 5280) with keys on P-256, written as PEM files. The JDK can read
 * certificates but not make them, so their few DER structures are put together here; nothing is kept in the repository.
 */
public final class TestAuthority {
    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    /** ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
    private static final byte[] ECDSA_SHA256 = {0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 4, 3, 2};

    private static final byte[] COMMON_NAME = {0x55, 4, 3};
    private static final byte[] BASIC_CONSTRAINTS = {0x55, 0x1D, 0x13};
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = {0x55, 0x1D, 0x11};

    private static final int BOOLEAN = 1;
    private static final int INTEGER = 2;
    private static final int BIT_STRING = 3;
    private static final int OCTET_STRING = 4;
    private static final int OID = 6;
    private static final int UTF8 = 0x0C;
    private static final int TIME = 0x17;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;

    private final Path folder;
    private final String name;
    private final KeyPair keys = keys();

    /** Certificate and key in PEM. */
    public record Issued(Path cert, Path key) {}

    /** An authority that writes into {@code folder}; its own certificate is {@link #ca}. */
    public TestAuthority(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        write(name + "-ca.pem", pem("CERTIFICATE", certificate(name, keys, Duration.ofDays(1), null)));
    }

    /** The authority's certificate. */
    public Path ca() {
        return folder.resolve(name + "-ca.pem");
    }

    /** A certificate for {@code localhost} and 127.0.0.1, valid for a day. */
    public Issued issue(String subject) {
        return issue(subject, Duration.ofDays(1), "localhost");
    }

    /** A certificate for a host, valid since two days ago and for {@code left} from now, which may be negative. */
    public Issued issue(String subject, Duration left, String host) {
        KeyPair own = keys();
        Path cert = write(subject + ".pem", pem("CERTIFICATE", certificate(subject, own, left, host)));
        Path key =
                write(subject + "-key.pem", pem("PRIVATE KEY", own.getPrivate().getEncoded()));
        return new Issued(cert, key);
    }

    private byte[] certificate(String subject, KeyPair own, Duration left, String host) {
        Instant now = Instant.now();
        byte[] algorithm = der(SEQUENCE, der(OID, ECDSA_SHA256));
        byte[] extension = host == null
                ? der(
                        SEQUENCE,
                        der(OID, BASIC_CONSTRAINTS),
                        der(BOOLEAN, new byte[] {-1}),
                        der(OCTET_STRING, der(SEQUENCE, der(BOOLEAN, new byte[] {-1}))))
                : der(SEQUENCE, der(OID, SUBJECT_ALTERNATIVE_NAME), der(OCTET_STRING, der(SEQUENCE, names(host))));
        byte[] content = der(
                SEQUENCE,
                der(0xA0, der(INTEGER, new byte[] {2})),
                der(INTEGER, BigInteger.valueOf(SERIAL.getAndIncrement()).toByteArray()),
                algorithm,
                distinguished(name),
                der(SEQUENCE, time(now.minus(Duration.ofDays(2))), time(now.plus(left))),
                distinguished(subject),
                own.getPublic().getEncoded(),
                der(0xA3, der(SEQUENCE, extension)));
        return der(SEQUENCE, content, algorithm, der(BIT_STRING, new byte[1], sign(keys.getPrivate(), content)));
    }

    private static byte[] names(String host) {
        // [2] dNSName, [7] iPAddress.
        return host.equals("localhost")
                ? join(der(0x82, host.getBytes(StandardCharsets.US_ASCII)), der(0x87, new byte[] {127, 0, 0, 1}))
                : der(0x82, host.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] distinguished(String name) {
        return der(
                SEQUENCE,
                der(SET, der(SEQUENCE, der(OID, COMMON_NAME), der(UTF8, name.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(Instant instant) {
        return der(TIME, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] der(int tag, byte[]... parts) {
        byte[] content = join(parts);
        int length = content.length;
        byte[] head = length < 0x80
                ? new byte[] {(byte) tag, (byte) length}
                : length < 0x100
                        ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
                        : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        return join(head, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sign(PrivateKey key, byte[] content) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    private Path write(String file, String text) {
        try {
            return Files.writeString(folder.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
