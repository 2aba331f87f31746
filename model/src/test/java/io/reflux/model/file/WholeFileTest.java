package io.reflux.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeFileTest {

    @TempDir
    private Path folder;

    @Test
    void write_overAnOldFile_replacesIt() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "a longer text than the new one");

        WholeFile.write(file, "new");

        assertThat(file).hasContent("new");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void write_contentFailsHalfWay_leavesTheOldFileAndNothingBeside() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "old");

        assertThatThrownBy(() -> WholeFile.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("No space left on device");
                }))
                .hasMessage("No space left on device");

        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void write_besideWhatAKilledProcessLeft_overwritesThat() throws IOException {
        Path file = folder.resolve("a.txt");
        Files.writeString(folder.resolve("a.txt.part"), "half of something that was longer than this one");

        WholeFile.write(file, "whole");

        assertThat(file).hasContent("whole");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void write_whileSomebodyElseWritesIt_isRefusedAndDoesNotDisturbThem() throws IOException {
        Path file = folder.resolve("a.txt");

        WholeFile.write(file, out -> {
            out.write("first".getBytes());
            out.flush();
            assertThatThrownBy(() -> WholeFile.write(file, "second")).hasMessageContaining("somebody else");
        });

        assertThat(file).hasContent("first");
    }

    @Test
    void write_placesThatAreNone_sayWhy() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("inside"));

        assertThatThrownBy(() -> WholeFile.write(inside, "x")).hasMessage("a folder (expected: a file)");
        assertThatThrownBy(() -> WholeFile.write(folder.resolve("none/a.txt"), "x"))
                .isInstanceOfSatisfying(
                        NoSuchFileException.class,
                        e -> assertThat(WholeFile.reason(e)).isEqualTo("no such folder"));
    }
}
