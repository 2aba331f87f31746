package io.reflux.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

final class ErrorTextTest {
    @Test
    void of_messageForPeople_isTheMessage() {
        assertThat(ErrorText.of(new IllegalArgumentException("temperature: 0.0 (expected: > 0)")))
                .isEqualTo("temperature: 0.0 (expected: > 0)");
    }

    @Test
    void of_severalLines_isTheFirst() {
        assertThat(ErrorText.of(new IOException("what\nand more\nof it"))).isEqualTo("what");
    }

    @Test
    void of_wrappedByFutures_isTheCause() {
        assertThat(ErrorText.of(new CompletionException(new ExecutionException(new IOException("inner")))))
                .isEqualTo("inner");
    }

    @Test
    void of_fileTrouble_namesFileAndReason() {
        assertThat(ErrorText.of(new NoSuchFileException("a.onnx"))).isEqualTo("a.onnx: no such file");
        assertThat(ErrorText.of(new UncheckedIOException(new AccessDeniedException("b"))))
                .isEqualTo("b: permission denied");
    }

    @Test
    void of_defect_saysSoAndHowToLearnMore() {
        assertThat(ErrorText.of(new NullPointerException("x")))
                .isEqualTo("internal error: java.lang.NullPointerException: x"
                        + " (run again with --verbose for the stack trace)");
        assertThat(ErrorText.of(new IllegalStateException())).startsWith("internal error: ");
    }

    @Test
    void of_outOfMemory_saysHowToGiveMore() {
        assertThat(ErrorText.of(new OutOfMemoryError("Java heap space")))
                .isEqualTo("out of memory: Java heap space (give the JVM more, as REFLUX_JAVA_OPTS=-Xmx4g)");
    }
}
