package io.reflux.app.console;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns an exception into the one line that a person reads. */
final class ErrorText {
    private ErrorText() {}

    /** One line, without a class name where the exception was made for people. */
    static String of(Throwable error) {
        Throwable cause = unwrap(error);
        String text = text(cause);
        // A library's message may run over many lines; the first one says what, --verbose says the rest.
        return text.lines().findFirst().orElse(text).strip();
    }

    /** The exception itself, taken out of what futures wrap it in. */
    static Throwable unwrap(Throwable error) {
        Throwable at = error;
        while (isWrapper(at) && at.getCause() != null) {
            at = at.getCause();
        }
        return at;
    }

    private static boolean isWrapper(Throwable error) {
        return error instanceof CompletionException
                || error instanceof ExecutionException
                || error instanceof UncheckedIOException;
    }

    private static String text(Throwable error) {
        if (error instanceof FileSystemException file) {
            return file.getFile() + ": " + reason(file);
        }
        if (error instanceof OutOfMemoryError) {
            return "out of memory: " + error.getMessage() + " (give the JVM more, as REFLUX_JAVA_OPTS=-Xmx4g)";
        }
        String message = error.getMessage();
        if (message == null || message.isBlank() || isDefect(error)) {
            return "internal error: " + error + " (run again with --verbose for the stack trace)";
        }
        return message;
    }

    private static String reason(FileSystemException error) {
        if (error instanceof NoSuchFileException) {
            return "no such file";
        }
        if (error instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (error instanceof FileAlreadyExistsException) {
            return "exists and is not a folder";
        }
        if (error instanceof NotDirectoryException) {
            return "not a folder";
        }
        return error.getReason() == null ? error.getClass().getSimpleName() : error.getReason();
    }

    /** Exceptions that no input should be able to cause. */
    private static boolean isDefect(Throwable error) {
        return error instanceof Error
                || error instanceof NullPointerException
                || error instanceof IndexOutOfBoundsException
                || error instanceof ClassCastException;
    }
}
