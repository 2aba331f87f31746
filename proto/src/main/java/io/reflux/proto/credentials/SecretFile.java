package io.reflux.proto.credentials;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a small file whole. */
final class SecretFile {

    /** Above any chain of certificates; a wrong path may name a model of gigabytes, or a device without an end. */
    private static final long MAX_BYTES = 1 << 20;

    private SecretFile() {}

    /**
     * The bytes of a file.
     *
     * @param expected what the file should be, for the message
     * @throws CredentialsException if it is missing, unreadable, no regular file or larger than 1 MiB
     */
    static byte[] read(Path file, String expected) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw wrong(file, "not a file", expected, null);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw wrong(file, Files.size(file) + " bytes", expected + " of at most " + MAX_BYTES + " bytes", null);
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw wrong(file, "absent", expected, e);
        } catch (AccessDeniedException e) {
            throw wrong(file, "permission denied", expected + " that may be read", e);
        } catch (IOException e) {
            throw wrong(file, "cannot be read", expected, e);
        }
    }

    static CredentialsException wrong(Path file, String what, String expected, @Nullable Throwable cause) {
        return new CredentialsException(file + ": " + what + " (expected: " + expected + ")", cause);
    }
}
