package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.data.Vocabulary;
import io.reflux.data.text.LittleTexts;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.report.CompressionReport;
import io.reflux.student.report.ReportTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text from the file to the report, on texts that have something to be learnt in a few steps. */
final class TextRunTest {
    private static final String LANGUAGE = """
            name: letters
            data: {set: tiny-shakespeare, blockSize: 8, validationSamples: 5}
            student: {zoo: gpt, depth: 1, heads: 2, embedding: 16}
            stages:
              - train:
                  iterations: 60
                  evaluateEvery: 30
                  batchSize: 8
                  optimizer: {type: adamw}
                  learningRate: {initial: 0.01}
            """;

    private static final String SENTENCES = """
            name: reviews
            data: {set: sst2, blockSize: 6, validationSamples: 20}
            student: {zoo: transformer-encoder, depth: 1, heads: 2, embedding: 16, dropout: 0.1}
            stages:
              - train:
                  epochs: 4
                  batchSize: 16
                  optimizer: {type: adamw}
                  learningRate: {initial: 0.01}
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeTexts() throws IOException {
        LittleTexts.write(folder);
    }

    private RunResult run(String recipe, String name) {
        return StudentRun.run(
                RecipeReader.parse(recipe, "recipe.yaml")
                        .withExportFolder(folder.resolve(name).toString()),
                RunOptions.QUIET.withDataDir(folder));
    }

    @Test
    void run_languageModel_learnsTheTextAndTellsItsPerplexity() {
        RunResult result = run(LANGUAGE, "gpt");
        CompressionReport report = result.report();

        // Each letter tells the next one; chance is ln 8 = 2.08.
        assertThat(report.student().loss()).isBetween(0.0, 0.8);
        assertThat(report.student().perplexity())
                .isCloseTo(Math.exp(report.student().loss()), within(1e-9));
        // 48 letters are the last tenth: 5 windows of 8, each letter predicted.
        assertThat(report.student().samples()).isEqualTo(40);
        assertThat(report.history()).hasSize(2).allSatisfy(epoch -> {
            // 376 windows make 47 batches of 8; a pass over them may end in a shorter one.
            assertThat(epoch.samples()).isBetween(30L * 8 - 7, 30L * 8);
            assertThat(epoch.validationLoss()).isPositive();
        });
        assertThat(ReportTable.of(report)).contains("perplexity, reloaded");
        ModelGraph exported = ModelGraph.read(result.model());
        assertThat(Vocabulary.ofText(exported.metadata().get("reflux.vocabulary"))
                        .tokens())
                .containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
        assertThat(exported.metadata()).doesNotContainKey("reflux.pixel.mean");
    }

    @Test
    void run_languageModelStoppedAndResumed_endsWithTheSameBytes() throws IOException {
        byte[] unbroken = Files.readAllBytes(run(LANGUAGE, "unbroken").model());
        int[] steps = {0};
        RunOptions stopping = RunOptions.QUIET.withDataDir(folder).withStop(() -> steps[0]++ > 40);
        Path broken = folder.resolve("broken");
        assertThatThrownBy(() -> StudentRun.run(
                        RecipeReader.parse(LANGUAGE, "recipe.yaml").withExportFolder(broken.toString()), stopping))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining("stopped as asked");

        RunResult resumed = StudentRun.run(
                RecipeReader.parse(LANGUAGE, "recipe.yaml").withExportFolder(broken.toString()),
                RunOptions.QUIET.withDataDir(folder).withResume(true));

        assertThat(Files.readAllBytes(resumed.model())).isEqualTo(unbroken);
    }

    @Test
    void run_languageModelDistilledFromAFile_reportsAgainstIt() {
        Path teacher = run(LANGUAGE, "teacher").model();
        String distil = LANGUAGE.replace("- train:", "- distil:")
                .replace("embedding: 16", "embedding: 8")
                .replace("learningRate:", "loss: {temperature: 2}\n      learningRate:")
                .replace("stages:", "teacher: {onnx: %s}\nstages:".formatted(teacher));

        CompressionReport report = run(distil, "student").report();

        assertThat(report.teacher()).isNotNull();
        assertThat(report.teacher().loss()).isLessThan(0.8);
        assertThat(report.student().loss()).isLessThan(1.7);
        assertThat(report.agreement()).isGreaterThan(0.4);
    }

    @Test
    void run_sentences_areClassified() {
        CompressionReport report = run(SENTENCES, "encoder").report();

        assertThat(report.student().accuracy()).isGreaterThan(0.9);
        assertThat(report.student().samples()).isEqualTo(40);
        assertThat(report.languageModel()).isFalse();
    }

    @Test
    void run_fileWithAFreeLength_trainsAtTheLengthGivenAndOnlyWhatItMay() {
        float[] weights = new float[8 * 8];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (i * 37 % 64 - 32) / 64f;
        }
        ModelGraph file = ModelGraph.builder("bigram")
                .input("tokens", ElementType.INT64, -1, -1)
                .initializer(GraphTensor.of("embed", new long[] {8, 8}, weights))
                .initializer(GraphTensor.of("head", new long[] {8, 8}, weights))
                .node("Gather", "look", List.of("embed", "tokens"), List.of("x"))
                .node("MatMul", "last", List.of("x", "head"), List.of("logits"))
                .output("logits", ElementType.FLOAT, -1, -1, 8)
                .build();
        Path onnx = folder.resolve("bigram.onnx");
        file.write(onnx);
        String recipe = LANGUAGE.replaceFirst("student: .*", "student: {onnx: %s%%s}".formatted(onnx));

        ModelGraph trained =
                ModelGraph.read(run(recipe.formatted(", dimensions: {tokens_1: 8}, constants: [\"emb*\"]"), "free")
                        .model());

        assertThat(trained.inputs().get(0).shape()).containsExactly(-1L, 8L);
        assertThat(trained.initializers().get("embed"))
                .isEqualTo(file.initializers().get("embed"));
        assertThat(trained.initializers().get("head"))
                .isNotEqualTo(file.initializers().get("head"));
        assertThatThrownBy(() -> run(recipe.formatted(""), "x"))
                .hasMessageContaining("input INT64 of shape [-1, -1] (expected: INT64 batches of 8 tokens");
        assertThatThrownBy(() -> run(recipe.formatted(", dimensions: {token_1: 8}"), "x"))
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.RECIPE))
                .hasMessage(
                        "student.dimensions: token_1 (expected: a free dimension's name; nearest: tokens_1, batch)");
        assertThatThrownBy(() -> run(recipe.formatted(", parameters: [haed]"), "x"))
                .hasMessage("student.parameters: haed (expected: the name of an initialiser, * for any characters;"
                        + " nearest: head, embed)");
    }

    @Test
    void run_modelsOfTheWrongKind_areRefused() {
        assertThatThrownBy(() -> run(LANGUAGE.replace("zoo: gpt, depth: 1, heads: 2, embedding: 16", "zoo: mlp"), "x"))
                .hasMessage("student: input FLOAT of shape [-1, 8] (expected: INT64 batches of 8 tokens, as in data set"
                        + " tiny-shakespeare)");
        assertThatThrownBy(() -> run(SENTENCES.replace("transformer-encoder", "gpt"), "x"))
                .hasMessageStartingWith("student: vocabulary: ");
        assertThatThrownBy(() -> run(LANGUAGE.replace("zoo: gpt", "zoo: transformer-encoder"), "x"))
                .hasMessage("student: logits of shape [-1, 8] (expected: for 8 positions of a sample, as in data set"
                        + " tiny-shakespeare)");
    }
}
