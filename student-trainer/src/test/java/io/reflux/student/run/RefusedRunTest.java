package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.catalog.DataCatalog;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that cannot begin, go on or end, and say so in a line. */
final class RefusedRunTest {
    @TempDir
    private Path folder;

    private Recipe recipe(String text, String name) {
        return TinyRecipe.read(text, folder, name);
    }

    @Test
    void run_resumedWithAnotherRecipe_isRefused() {
        Recipe first = recipe(TinyRecipe.TRAIN, "first");
        StudentRun.run(first, RunOptions.QUIET);

        requireFailure(
                recipe(TinyRecipe.TRAIN.replace("epochs: 3", "epochs: 4"), "first"),
                RunOptions.QUIET.withResume(true),
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint %s: of another recipe (expected: the same data, student, stages and seed)"
                        .formatted(folder.resolve("first/checkpoint.reflux")));
    }

    @Test
    void run_resumedFromADamagedCheckpoint_isRefused() throws IOException {
        Recipe recipe = recipe(TinyRecipe.TRAIN, "damaged");
        StudentRun.run(recipe, RunOptions.QUIET);
        Path checkpoint = folder.resolve("damaged/checkpoint.reflux");
        Files.write(checkpoint, Arrays.copyOf(Files.readAllBytes(checkpoint), 5000));

        requireFailure(
                recipe,
                RunOptions.QUIET.withResume(true),
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint %s: truncated or corrupt (expected: its SHA-256 at the end)".formatted(checkpoint));
    }

    @Test
    void run_folderThatIsAFile_isRefusedBeforeTraining() throws IOException {
        Files.writeString(folder.resolve("taken"), "");

        requireFailure(
                recipe(TinyRecipe.TRAIN, "taken"),
                RunOptions.QUIET,
                TrainingFailure.Code.RESOURCE,
                "export.folder: %s (expected: a folder to write to)".formatted(folder.resolve("taken")));
    }

    @Test
    void run_unknownDataSet_namesTheNearest() {
        requireFailure(
                recipe(TinyRecipe.TRAIN.replace("set: glyphs", "set: glyps"), "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.RECIPE,
                "data: data set: glyps (expected: one of " + String.join(", ", DataCatalog.names())
                        + "; did you mean glyphs?)");
    }

    @Test
    void run_studentFileWithOtherClasses_isRefused() {
        Path onnx = folder.resolve("seven.onnx");
        Zoo.build(ZooSpec.of("mlp").withHidden(4).withNumClasses(7)).write(onnx);

        requireFailure(
                recipe(TinyRecipe.TRAIN.replaceFirst("student: .*", "student: {onnx: %s}".formatted(onnx)), "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.MISMATCH,
                "%s: 7 classes (expected: 10, as in data set glyphs)".formatted(onnx));
    }

    @Test
    void run_teacherFileWithOtherInput_isRefused() {
        Path onnx = folder.resolve("wide.onnx");
        Zoo.build(ZooSpec.of("mlp").withHidden(4).withInputShape(List.of(1, 32, 32)))
                .write(onnx);
        String distil = TinyRecipe.TRAIN
                .replace("- train:", "- distil:")
                .replace("stages:", "teacher: {onnx: %s}\nstages:".formatted(onnx));

        requireFailure(
                recipe(distil, "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.MISMATCH,
                "teacher %s: input FLOAT of shape [1, 32, 32] (expected: FLOAT of 784 elements, as in data set glyphs, 1x28x28)"
                        .formatted(onnx));
    }

    @Test
    void run_absentTeacherFile_isOneLine() {
        String distil = TinyRecipe.TRAIN
                .replace("- train:", "- distil:")
                .replace("stages:", "teacher: {onnx: none.onnx}\nstages:");

        requireFailure(
                recipe(distil, "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.RESOURCE,
                "teacher none.onnx: absent (expected: a model file)");
        // A run that failed before it left anything leaves no folder either, but keeps one that was there.
        assertThat(folder.resolve("x")).doesNotExist();
        assertThat(folder.resolve("kept").toFile().mkdir()).isTrue();
        assertThatThrownBy(() -> StudentRun.run(recipe(distil, "kept"), RunOptions.QUIET))
                .isInstanceOf(TrainingFailure.class);
        assertThat(folder.resolve("kept")).isEmptyDirectory();
    }

    @Test
    void run_lossThatExplodes_saysWhereAndWhatMayHelp() {
        requireFailure(
                recipe(TinyRecipe.TRAIN.replace("initial: 0.05", "initial: 1.0e+30"), "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.DIVERGED,
                null);
    }

    private static void requireFailure(
            Recipe recipe, RunOptions options, TrainingFailure.Code code, @Nullable String message) {
        assertThatThrownBy(() -> StudentRun.run(recipe, options))
                .isInstanceOfSatisfying(TrainingFailure.class, failure -> {
                    assertThat(failure.code()).isEqualTo(code);
                    assertThat(failure.getMessage()).doesNotContain("\n");
                    if (message != null) {
                        assertThat(failure).hasMessage(message);
                    }
                });
    }
}
