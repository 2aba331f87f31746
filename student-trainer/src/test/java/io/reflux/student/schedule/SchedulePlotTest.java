package io.reflux.student.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The picture in the documents shows what the code does. {@code -Dreflux.draw=true} draws it anew. */
final class SchedulePlotTest {
    private static final Path PICTURE = Path.of(System.getProperty("reflux.root"), "docs", "schedules.svg");

    @Test
    void picture_ofTheDocuments_isWhatTheSchedulesGive() throws IOException {
        String svg = SchedulePlot.ofAll().svg();
        if (Boolean.getBoolean("reflux.draw")) {
            Files.writeString(PICTURE, svg);
        }

        assertThat(PICTURE).content().isEqualTo(svg);
    }
}
