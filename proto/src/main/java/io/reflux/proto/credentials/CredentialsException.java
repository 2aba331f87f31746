package io.reflux.proto.credentials;

import org.jspecify.annotations.Nullable;

/** Certificates, keys or tokens that cannot be used. The message is one line for people, and holds no secret. */
public final class CredentialsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CredentialsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
