package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.assertFailsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.reflux.app.console.ExitCode;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the commands say of IDX files that are absent, cut or wrong. */
final class BadDataTest {
    private static final String RECIPE = """
            name: tiny
            data: {set: mnist, validationSamples: 10}
            student: {zoo: mlp, hidden: [4]}
            stages:
              - train: {epochs: 1, batchSize: 10}
            """;

    @TempDir
    private Path folder;

    static Stream<Arguments> damages() {
        return Stream.of(
                damage(
                        "absent",
                        MnistFolder.TRAIN_IMAGES,
                        bytes -> new byte[0],
                        "no train-images-idx3-ubyte[.gz] in ",
                        "(expected: there or in its folder mnist)"),
                damage(
                        "cut in the header",
                        MnistFolder.TEST_LABELS,
                        bytes -> Arrays.copyOf(bytes, 6),
                        "t10k-labels-idx1-ubyte: ends within the number of labels (expected: an IDX header)"),
                damage(
                        "cut in the pixels",
                        MnistFolder.TRAIN_IMAGES,
                        bytes -> Arrays.copyOf(bytes, 100),
                        // 40 x 4 x 4 pixels; 100 bytes less the header's 16.
                        "train-images-idx3-ubyte: 40 images of 4 x 4 pixels in the header, 640 bytes"
                                + " (expected: at most 84, the file being as long as it is)"),
                damage(
                        "cut gzip",
                        MnistFolder.TRAIN_IMAGES,
                        bytes -> Arrays.copyOf(MnistFolder.gzip(bytes), 40),
                        "train-images-idx3-ubyte: damaged gzip data",
                        "(expected: a whole gzip file)"),
                damage(
                        "another kind of file",
                        MnistFolder.TRAIN_LABELS,
                        bytes -> "label\n5\n".getBytes(StandardCharsets.US_ASCII),
                        "train-labels-idx1-ubyte: magic number 0x6C616265 (expected: 0x00000801,"),
                damage(
                        "a label that is none",
                        MnistFolder.TRAIN_LABELS,
                        bytes -> with(bytes, 8 + 3, (byte) 10),
                        "train-labels-idx1-ubyte: label 10 of sample 3 (expected: 0 to 9)"),
                damage(
                        "fewer labels than images",
                        MnistFolder.TRAIN_LABELS,
                        bytes -> Arrays.copyOf(with(bytes, 7, (byte) 39), 8 + 39),
                        "train-labels-idx1-ubyte: 39 labels (expected: 40, one per image in train-images-idx3-ubyte)"));
    }

    private static Arguments damage(String name, String file, UnaryOperator<byte[]> damage, String... messages) {
        return arguments(name, file, damage, List.of(messages));
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        byte[] changed = bytes.clone();
        changed[at] = value;
        return changed;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void train_damagedFile_isOneLineAndNothingIsMade(
            String name, String file, UnaryOperator<byte[]> damage, List<String> messages) throws IOException {
        MnistFolder.write(folder).damage(file, damage);

        Invocation train = train(folder);

        for (String message : messages) {
            assertFailsWith(train, ExitCode.FAILED, message);
        }
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void train_undamagedFiles_works() throws IOException {
        // What the other tests damage is sound before.
        Invocation train = train(MnistFolder.write(folder).path());

        assertThat(train.exitCode()).as(train.err()).isEqualTo(ExitCode.OK);
    }

    @Test
    void evaluate_damagedFile_isOneLine() throws IOException {
        MnistFolder.write(folder).damage(MnistFolder.TEST_LABELS, bytes -> with(bytes, 8, (byte) 0xFF));
        Path model = folder.resolve("model.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(4).withInputShape(List.of(1, 4, 4)))
                .write(model);

        assertFailsWith(
                Invocation.of("evaluate", model, "--data=mnist", "--data-dir", folder),
                ExitCode.FAILED,
                "label 255 of sample 0 (expected: 0 to 9)");
    }

    @Test
    void teacher_damagedFile_isOneLine() throws IOException {
        MnistFolder.write(folder).damage(MnistFolder.TRAIN_LABELS, bytes -> with(bytes, 8, (byte) 10));
        Path model = folder.resolve("model.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(4).withInputShape(List.of(1, 4, 4)))
                .write(model);

        assertFailsWith(
                Invocation.of(
                        "teacher",
                        "--model",
                        model,
                        "--data=mnist",
                        "--data-dir",
                        folder,
                        "--port=0",
                        "--metrics-port=0"),
                ExitCode.FAILED,
                "label 10 of sample 0 (expected: 0 to 9)");
    }

    @Test
    void train_everyClassExcluded_saysThatNothingIsLeft() throws IOException {
        MnistFolder.write(folder);
        String recipe = RECIPE.replace("10}\nstudent", "10, excludeClasses: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}\nstudent");

        assertFailsWith(
                train(folder, recipe),
                ExitCode.USAGE,
                "data.excludeClasses: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] (expected: to leave a sample to train on)");
    }

    @Test
    void train_moreSamplesThanThereAre_saysHowManyThereAre() throws IOException {
        MnistFolder.write(folder);

        assertFailsWith(
                train(folder, RECIPE.replace("validationSamples: 10", "validationSamples: 40")),
                ExitCode.USAGE,
                "0 training and 40 validation samples (expected: at most 40 together, of them >= 1 for training)");
    }

    private Invocation train(Path dataDir) throws IOException {
        return train(dataDir, RECIPE);
    }

    private Invocation train(Path dataDir, String text) throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), text);
        return Invocation.of("train", recipe, "--data-dir", dataDir, "--output", folder.resolve("out"));
    }
}
