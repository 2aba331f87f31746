package io.reflux.student.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.step.TrainState;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import io.reflux.student.ledger.Ledger;
import io.reflux.student.source.SoftLabels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointFileTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("deeper/checkpoint.reflux");
    }

    private static Checkpoint checkpoint() {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        tensors.put("parameter/w", new float[] {1.5f, -0.0f, Float.MIN_VALUE, Float.MAX_VALUE, 0.1f});
        tensors.put("moment0/w", new float[] {});
        return new Checkpoint(
                "ab".repeat(32),
                "",
                1,
                1234567890123L,
                new EpochTotals(10, 640, 0.1, 0.2, 0.3, 4, 5, 6, 7),
                List.of(
                        new EpochRecord(0, 0, 0.1, 0, 0.1, 0.5, null, null, null, 0.01, 100, 1.0 / 3, 0),
                        new EpochRecord(1, 0, 0.1, 0.2, 0.1, 0.5, 0.25, 0.75, 0.6, 0.01, 100, 0.5, 0.25)),
                new TrainState(tensors, 77, 2, 300),
                ledger());
    }

    private static Ledger ledger() {
        Ledger ledger = new Ledger();
        ledger.applied(0, 0, null);
        ledger.applied(1, 0, new SoftLabels(0, 1, 2, new float[] {1, 2}, "cd".repeat(32)));
        return ledger;
    }

    @Test
    void read_whatWasWritten_isTheSameBitForBit() {
        CheckpointFile.write(file, checkpoint());
        Checkpoint read = CheckpointFile.read(file);

        assertThat(read).usingRecursiveComparison().isEqualTo(checkpoint());
        assertThat(Float.floatToRawIntBits(read.state().tensors().get("parameter/w")[1]))
                .isEqualTo(Float.floatToRawIntBits(-0.0f));
        assertThat(folder.resolve("deeper")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void read_absent_isOneLine() {
        requireFailure("absent (expected: the checkpoint of a run, as reflux train writes it)");
    }

    @Test
    void read_anotherKindOfFile_isOneLine() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "hello");

        requireFailure("not a checkpoint (expected: a file that begins with REFLUXCK)");
    }

    @Test
    void read_truncatedAnywhere_isOneLine() throws IOException {
        CheckpointFile.write(file, checkpoint());
        byte[] whole = Files.readAllBytes(file);
        for (int length = 8; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));

            requireFailure("truncated or corrupt (expected: its SHA-256 at the end)");
        }
    }

    @Property(tries = 100)
    void read_oneByteChanged_isNeverTakenForWhole(
            @ForAll @IntRange(min = 0, max = 10_000) int where, @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        Path other = Files.createTempFile("checkpoint", ".reflux");
        try {
            CheckpointFile.write(other, checkpoint());
            byte[] bytes = Files.readAllBytes(other);
            bytes[where % bytes.length] ^= (byte) change;
            Files.write(other, bytes);

            assertThatThrownBy(() -> CheckpointFile.read(other)).isInstanceOf(TrainingFailure.class);
        } finally {
            Files.delete(other);
        }
    }

    @Test
    void write_whereNoFileCanBe_isOneLine() throws IOException {
        Path blocked = Files.writeString(folder.resolve("file"), "").resolve("checkpoint.reflux");

        assertThatThrownBy(() -> CheckpointFile.write(blocked, checkpoint()))
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.RESOURCE))
                .hasMessageStartingWith("checkpoint " + blocked + ": cannot be written: ");
    }

    private void requireFailure(String what) {
        assertThatThrownBy(() -> CheckpointFile.read(file))
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.CHECKPOINT))
                .hasMessage("checkpoint " + file + ": " + what);
    }
}
