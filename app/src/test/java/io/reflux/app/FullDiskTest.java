package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose disk is full: a file system of 256 KiB in memory, which Linux lets a process mount for itself alone. */
final class FullDiskTest {
    private static final long PATIENCE_SECONDS = 120;

    private static final String RECIPE = """
            name: student
            data: {set: glyphs, trainSamples: 256, validationSamples: 0}
            student: {zoo: mlp, hidden: [%d]}
            stages:
              - train: {epochs: 1, batchSize: 128, learningRate: {initial: 0.01}}
            """;

    /** Runs a small student that fits, then a large one into the same folder, which does not; lists what is left. */
    private static final String SCRIPT = """
            mount -t tmpfs -o size=256k tmpfs "$0/disk" || exit 9
            "$@" "$0/small.yaml" --output "$0/disk" > /dev/null || exit 8
            cp "$0/disk/checkpoint.reflux" "$0/before"
            "$@" "$0/large.yaml" --output "$0/disk" > /dev/null
            echo "exit $?" >&2
            cmp "$0/disk/checkpoint.reflux" "$0/before" && echo "the checkpoint is as it was" >&2
            ls "$0/disk" >&2
            """;

    @TempDir
    private Path folder;

    @Test
    void train_diskGetsFull_saysSoInOneLineAndKeepsWhatWasThere() throws Exception {
        assumeTrue(
                canMount(),
                "no file system can be mounted here: `unshare -rm` with tmpfs, which a full disk is made of");
        Files.createDirectory(folder.resolve("disk"));
        Files.writeString(folder.resolve("small.yaml"), RECIPE.formatted(8));
        Files.writeString(folder.resolve("large.yaml"), RECIPE.formatted(64));
        Path said = folder.resolve("said");

        Process run = JavaProcess.within(
                new String[] {"unshare", "-rm", "sh", "-c", SCRIPT, folder.toString()}, said, "train");

        assertThat(run.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(said, StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.startsWith("train epoch")))
                .containsExactly(
                        "reflux: checkpoint " + folder.resolve("disk/checkpoint.reflux")
                                + ": cannot be written: No space left on device",
                        "exit 1",
                        "the checkpoint is as it was",
                        "checkpoint.reflux",
                        "ledger.csv",
                        "report.json",
                        "student.onnx");
    }

    private static boolean canMount() throws Exception {
        try {
            Process mount = new ProcessBuilder("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=256k tmpfs /mnt")
                    .redirectErrorStream(true)
                    .start();
            mount.getInputStream().readAllBytes();
            return mount.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
