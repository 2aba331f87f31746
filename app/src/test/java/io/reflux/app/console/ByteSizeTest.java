package io.reflux.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "1k, 1024", "512m, 536870912", "10G, 10737418240", "2 , 2", "3MiB, 3145728"})
    void size_written_isRead(String text, long bytes) {
        assertThat(ByteSize.parse("--size", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1", "1.5g", "1x", "9999999999999g", "12345678901234567890"})
    void size_malformed_isRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse("--size", text))
                .hasMessage("--size: " + text + " (expected: bytes, such as 4096, 512m or 10g)");
    }

    @Test
    void text_ofBytes_hasOneDecimal() {
        assertThat(ByteSize.text(999)).isEqualTo("999 B");
        assertThat(ByteSize.text(1500)).isEqualTo("1.5 kB");
        assertThat(ByteSize.text(999_960)).isEqualTo("1.0 MB");
        assertThat(ByteSize.text(12_345_678_901_234_567L)).isEqualTo("12345.7 TB");
    }
}
