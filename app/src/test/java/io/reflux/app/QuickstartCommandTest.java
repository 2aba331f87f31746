package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.reflux.app.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuickstartCommandTest {
    @TempDir
    private Path folder;

    /** All of it, as a stranger sees it; the promises are the README's. */
    @Test
    void quickstart_run_keepsItsPromises() throws IOException {
        Invocation quickstart = Invocation.of("quickstart", "--output", folder.resolve("out"), "--json");

        JsonNode result = json(quickstart);
        JsonNode teacher = result.path("teacher");
        JsonNode alone = result.path("alone");
        JsonNode distilled = result.path("distilled");
        assertThat(distilled.path("compressionRatio").asDouble()).isGreaterThanOrEqualTo(10);
        assertThat(distilled.path("accuracy").asDouble())
                .isGreaterThanOrEqualTo(teacher.path("accuracy").asDouble() - 0.01)
                .isGreaterThan(alone.path("accuracy").asDouble());
        assertThat(distilled.path("agreement").asDouble())
                .isGreaterThan(alone.path("agreement").asDouble());
        assertThat(distilled.path("waitingShare").asDouble()).isBetween(0.0, 1.0);
        assertThat(alone.path("waitingShare").isNull()).isTrue();
        for (JsonNode row : new JsonNode[] {teacher, alone, distilled}) {
            assertThat(Files.size(Path.of(row.path("file").asText())))
                    .isEqualTo(row.path("bytes").asLong());
        }
        assertThat(folder.resolve("out/distilled.yaml")).content().contains("temperature: 4");
        assertThat(quickstart.err()).contains("gRPC 127.0.0.1:", "metrics http://127.0.0.1:");
        assertThat(teacherPid(quickstart.err()).flatMap(ProcessHandle::of)).isEmpty();
    }

    @Test
    void quickstart_outputInAFile_isOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        Invocation quickstart = Invocation.of("quickstart", "--output", file.resolve("below"), "--json");

        assertThat(quickstart.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(quickstart.err()).contains("reflux: ").contains(file.toString());
    }

    private static Optional<Long> teacherPid(String story) {
        return story.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("process "))
                .map(line -> Long.parseLong(line.substring("process ".length(), line.indexOf(','))))
                .findFirst();
    }
}
