package io.reflux.proto.credentials;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens that a teacher takes. Only their SHA-256 is kept, so that neither a dump of the memory nor {@link #toString}
 * shows one, and so that every comparison is of 32 bytes.
 */
public final class Tokens {

    private static final String SCHEME = "Bearer ";
    private static final int SHOWN_BYTES = 8;

    /** RFC 6750, section 2.1, b64token, of a length that cannot be guessed and fits into a header. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private static final int MIN_LENGTH = 16;
    private static final int MAX_LENGTH = 512;

    private final List<byte[]> digests;

    private Tokens(List<byte[]> digests) {
        this.digests = digests;
    }

    /**
     * Reads a file with a token a line; empty lines and those that begin with {@code #} do not count. Blocks.
     *
     * @throws CredentialsException if it is missing or unreadable, holds no token, or holds one of other than 16 to 512
     *     letters, digits and {@code . _ ~ + / -}, {@code =} at the end
     */
    public static Tokens read(Path file) {
        return new Tokens(lines(file).stream().map(Tokens::digest).toList());
    }

    /**
     * Reads the one token of a student's file.
     *
     * @throws CredentialsException as {@link #read}, and if there are several
     */
    public static String readOne(Path file) {
        List<String> tokens = lines(file);
        if (tokens.size() != 1) {
            throw SecretFile.wrong(file, tokens.size() + " tokens", "one", null);
        }
        return tokens.get(0);
    }

    /** The value of the header {@code authorization} that shows a token. */
    public static String authorization(String token) {
        return SCHEME + token;
    }

    private static List<String> lines(Path file) {
        String expected = "a token a line";
        byte[] bytes = SecretFile.read(file, expected);
        List<String> tokens = new ArrayList<>();
        int number = 0;
        for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            String token = line.strip();
            if (token.isEmpty() || token.startsWith("#")) {
                continue;
            }
            if (!TOKEN.matcher(token).matches() || token.length() < MIN_LENGTH || token.length() > MAX_LENGTH) {
                // The line itself may be a secret, so only its length is told.
                throw new CredentialsException(
                        file + ":" + number + ": " + token.length() + " characters (expected: a token of " + MIN_LENGTH
                                + " to " + MAX_LENGTH + " letters, digits and . _ ~ + / -, = at the end)",
                        null);
            }
            tokens.add(token);
        }
        if (tokens.isEmpty()) {
            throw SecretFile.wrong(file, "no token in it", expected, null);
        }
        return tokens;
    }

    /**
     * Finds who shows a token, in a time that does not depend on how much of it is right.
     *
     * @param authorization value of the header, or null if there was none
     * @return a name that stands for the token and does not tell it; null if it is none of these
     */
    public @Nullable String holder(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        byte[] shown = digest(authorization.substring(SCHEME.length()).strip());
        boolean known = false;
        for (byte[] digest : digests) {
            known |= MessageDigest.isEqual(digest, shown);
        }
        // The digest of the digest: stable for a token, and of no use to who wants to show it.
        return known ? HexFormat.of().formatHex(sha256(shown), 0, SHOWN_BYTES) : null;
    }

    /** How many there are. */
    public int size() {
        return digests.size();
    }

    private static byte[] digest(String token) {
        return sha256(token.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent (expected: in every JVM)", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Tokens that) || that.digests.size() != digests.size()) {
            return false;
        }
        boolean same = true;
        for (int i = 0; i < digests.size(); i++) {
            same &= MessageDigest.isEqual(digests.get(i), that.digests.get(i));
        }
        return same;
    }

    @Override
    public int hashCode() {
        return digests.size();
    }

    @Override
    public String toString() {
        return "Tokens[" + digests.size() + "]";
    }
}
