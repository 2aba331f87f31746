package io.reflux.student.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.precision.Precision;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.student.failure.TrainingFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecipeReaderTest {
    private static final String EVERY_KEY = """
            name: every-key
            data:
              set: mnist
              folder: somewhere
              trainSamples: 1000
              validationSamples: 500
              excludeClasses: [3, 7]
              seed: 2
              pixelMean: [0.5]
              pixelStd: [0.25]
              blockSize: 128
              vocabularySize: 5000
              viewBank: 20
            student:
              zoo: mlp
              hidden: [800, 700]
              dropout: 0.5
              inputDropout: 0.2
              initialisation: xavier
              weights: fresh
              freeze: ["fc1.*", "fc2.bias"]
            teacher:
              address: teacher.example:9090
              file: teacher.onnx
            stages:
              - distil:
                  epochs: 3
                  batchSize: 64
                  optimizer: {type: sgd, momentum: 0.8, nesterov: true, weightDecay: 0.0001, noWeightDecay: ["*.bias"]}
                  learningRate:
                    initial: 0.2
                    schedule: step
                    warmupEpochs: 0.5
                    end: 0.001
                    decayFactor: 0.5
                    decayEveryEpochs: 2
                    startFactor: 0.1
                    riseShare: 0.4
                  clipNorm: 5
                  accumulate: 4
                  ema: 0.99
                  loss:
                    temperature: 20
                    softLossWeight: 0.9
                    hardLossWeight: 0.1
                  augmentation: {maxShift: 2}
                  encoding: {type: top-k, k: 5, zstd: true}
                  hints: [{teacher: relu2, student: relu1, weight: 0.5, encoding: int8}]
                  prefetchBatches: 4
              - train:
                  iterations: 1000
                  evaluateEvery: 250
                  optimizer: {type: adamw, beta1: 0.8, beta2: 0.99, epsilon: 1.0e-7, weightDecay: 0.1}
            export: {folder: out, checkpointEveryEpochs: 2, checkpointEverySteps: 50}
            seed: 9
            precision: bf16
            device: cuda:1
            """;

    @Test
    void parse_everyKey_isTaken() {
        Recipe recipe = RecipeReader.parse(EVERY_KEY, "recipe.yaml");

        assertThat(recipe.name()).isEqualTo("every-key");
        assertThat(recipe.data())
                .isEqualTo(new DataConfig(
                        "mnist", "somewhere", 1000, 500, Set.of(3, 7), 2, List.of(0.5), List.of(0.25), 128, 5000, 20));
        assertThat(recipe.student())
                .isEqualTo(new StudentConfig(
                        "mlp",
                        null,
                        Map.of(
                                ZooSetting.HIDDEN,
                                List.of(800, 700),
                                ZooSetting.DROPOUT,
                                0.5,
                                ZooSetting.INPUT_DROPOUT,
                                0.2),
                        "xavier",
                        "fresh",
                        FileConfig.AS_IT_IS,
                        List.of("fc1.*", "fc2.bias")));
        assertThat(recipe.teacher())
                .isEqualTo(new TeacherConfig(
                        ServiceConfig.at("teacher.example:9090"),
                        null,
                        false,
                        "teacher.onnx",
                        null,
                        null,
                        null,
                        ModelChange.FAIL));
        assertThat(recipe.stages())
                .containsExactly(
                        new StageConfig.Distil(
                                new StageConfig.Schedule(
                                        StageLength.ofEpochs(3),
                                        64,
                                        new OptimizerConfig.SgdConfig(0.8, true, 0.0001, List.of("*.bias")),
                                        new LearningRateConfig(
                                                0.2, LearningRateConfig.Shape.STEP, 0.5, 0.001, 0.5, 2, 0.1, 0.4),
                                        new UpdateConfig(5, 4, 0.99),
                                        new AugmentationConfig(2, false),
                                        4),
                                new LossConfig(20, 0.9, 0.1),
                                new EncodingConfig("top-k", 5, true),
                                List.of(new HintConfig("relu2", "relu1", 0.5, new EncodingConfig("int8", 0, false)))),
                        new StageConfig.Train(new StageConfig.Schedule(
                                new StageLength(4, 1000, 250),
                                128,
                                new OptimizerConfig.AdamWConfig(0.8, 0.99, 1e-7, 0.1, null),
                                LearningRateConfig.DEFAULT,
                                UpdateConfig.DEFAULT,
                                AugmentationConfig.NONE,
                                8)));
        assertThat(recipe.export()).isEqualTo(new ExportConfig("out", 2, 50, 99.9));
        assertThat(recipe.seed()).isEqualTo(9);
        assertThat(recipe.precision()).isEqualTo(Precision.BF16);
        assertThat(recipe.device()).isEqualTo("cuda:1");
    }

    @Test
    void parse_onlyWhatMustBe_takesDefaults() {
        Recipe recipe = RecipeReader.parse("""
                data: {set: glyphs}
                student: {zoo: lenet-5}
                stages: [{train: {}}]
                """, "recipe.yaml");

        assertThat(recipe.name()).isEqualTo("student");
        assertThat(recipe.data())
                .isEqualTo(new DataConfig("glyphs", null, 0, 5000, Set.of(), 1, List.of(0.0), List.of(1.0), 0, 0, 0));
        assertThat(recipe.student())
                .isEqualTo(new StudentConfig("lenet-5", null, Map.of(), "", "fresh", FileConfig.AS_IT_IS, List.of()));
        assertThat(recipe.teacher()).isNull();
        assertThat(recipe.stages())
                .containsExactly(new StageConfig.Train(new StageConfig.Schedule(
                        StageLength.ofEpochs(10),
                        128,
                        new OptimizerConfig.SgdConfig(0.9, false, 0, null),
                        new LearningRateConfig(0.1, LearningRateConfig.Shape.COSINE, 0, 0, 0.1, 10, 0.04, 0.3),
                        UpdateConfig.DEFAULT,
                        AugmentationConfig.NONE,
                        8)));
        assertThat(recipe.export()).isEqualTo(new ExportConfig("runs/student", 1, 0, 99.9));
        assertThat(recipe.seed()).isEqualTo(1);
        assertThat(recipe.precision()).isEqualTo(Precision.FP32);
        assertThat(recipe.device()).isEqualTo("auto");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "temperature: 20 | temperature: -1.0 | stages[0].loss.temperature: -1.0 (expected: > 0)",
                "temperature: 20 | temprature: 20 | stages[0].loss.temprature: unknown key (expected: temperature?)",
                "temperature: 20 | temperature: warm | stages[0].loss.temperature: warm (expected: a number)",
                "temperature: 20 | temperature: .nan | stages[0].loss.temperature: .nan (expected: a number)",
                "accumulate: 4 | accumulate: 0 | stages[0].accumulate: 0 (expected: >= 1)",
                "ema: 0.99 | ema: 1 | stages[0].ema: 1.0 (expected: 0 <= ema < 1)",
                "clipNorm: 5 | clipNorm: -5 | stages[0].clipNorm: -5.0 (expected: >= 0)",
                "precision: bf16 | precision: int4 | precision: int4 (expected: fp32, bf16, fp16)",
                "weights: fresh | weights: keep | student.weights: keep (expected: fresh, since the network is of the zoo)",
                "riseShare: 0.4 | riseShare: 1.5 | stages[0].learningRate.riseShare: 1.5 (expected: 0 < riseShare < 1)",
                "epochs: 3 | epochs: 0 | stages[0].epochs: 0 (expected: >= 1)",
                "epochs: 3 | epochs: 2.5 | stages[0].epochs: 2.5 (expected: an integer)",
                "epochs: 3 | epocs: 3 | stages[0].epocs: unknown key (expected: epochs?)",
                "- distil: | - distill: | stages[0]: distill (expected: distil or train or quantize)",
                "type: sgd | type: rmsprop | stages[0].optimizer.type: rmsprop (expected: sgd or adamw or lamb)",
                "momentum: 0.8 | momentum: 1.0 | stages[0].optimizer.momentum: 1.0 (expected: 0 <= momentum < 1)",
                "momentum: 0.8 | beta1: 0.8 | stages[0].optimizer.beta1: unknown key (expected: momentum?)",
                "schedule: step | schedule: stairs | stages[0].learningRate.schedule: stairs (expected: constant, step, cosine, linear, exponential, one-cycle)",
                "maxShift: 2 | maxShift: 17 | stages[0].augmentation.maxShift: 17 (expected: 0 to 16)",
                "'k: 5' | 'j: 5' | stages[0].encoding.j: unknown key (expected: k?)",
                "'k: 5' | draws: 5 | stages[0].encoding.k: absent (expected: present, since type is top-k)",
                "'k: 5' | 'k: 0' | stages[0].encoding.k: 0 (expected: 1 to 1048576)",
                "top-k | int8 | stages[0].encoding.k: 5 (expected: absent, since type is int8)",
                "zstd: true | zstd: 3 | stages[0].encoding.zstd: 3 (expected: true or false)",
                "'encoding: {type: top-k, k: 5, zstd: true}' | encoding: top-k | stages[0].encoding.k: absent (expected: present, since type is top-k)",
                "'weight: 0.5, encoding: int8' | weight: 0 | stages[0].hints[0].weight: 0.0 (expected: > 0)",
                "'weight: 0.5, encoding: int8' | 'encoding: {type: top-k, k: 3}' | stages[0].hints[0].encoding: top-k (expected: fp32, fp16 or int8, since a hint is no probability)",
                "'hints: [{' | 'hints: [{teacher: relu2, student: a}, {' | 'stages[0].hints: 2 of 1 teacher outputs (expected: each once)'",
                "'encoding: {type: top-k, k: 5, zstd: true}' | encoding: fp8 | stages[0].encoding.type: fp8 (expected: fp32, fp16, int8, top-k or random-sampling)",
                "dropout: 0.5 | dropout: 1.0 | student.dropout: 1.0 (expected: >= 0 and < 1)",
                "hidden: [800, 700] | width: 0.5 | student.width: 0.5 (expected: absent, since mlp has only hidden, dropout, inputDropout, batchNorm)",
                "hidden: [800, 700] | hiden: [800] | student.hiden: unknown key (expected: hidden?)",
                "zoo: mlp | zou: mlp | student.zou: unknown key (expected: zoo?)",
                "address: teacher.example:9090 | address: teacher.example | teacher.address: teacher.example (expected: host:port)",
                "seed: 9 | sede: 9 | sede: unknown key (expected: seed?)",
                "device: cuda:1 | device: gpu | device: gpu (expected: auto, cpu, cuda or cuda:N)",
                "excludeClasses: [3, 7] | excludeClasses: 3 | data.excludeClasses: 3 (expected: a list)",
                "'seed: 9' | 'seed: 8\nseed: 9' | not YAML: Duplicate field 'seed'",
            })
    void parse_oneWrongLine_namesLineKeyAndExpectation(String right, String wrong, String message) {
        assertThat(EVERY_KEY).contains(right);
        String text = EVERY_KEY.replace(right, wrong);

        assertThatThrownBy(() -> RecipeReader.parse(text, "recipe.yaml"))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage("recipe.yaml:%d: %s".formatted(lineOf(text, wrong), message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fp32 | fp32 | 0 | false",
                "int8 | int8 | 0 | false",
                "{type: fp16} | fp16 | 0 | false",
                "{type: int8, zstd: true} | int8 | 0 | true",
                "{type: random-sampling, draws: 50} | random-sampling | 50 | false"
            })
    void parse_encodings_areReadByNameOrWithParameters(String text, String type, int count, boolean zstd) {
        Recipe recipe = RecipeReader.parse(EVERY_KEY.replace("{type: top-k, k: 5, zstd: true}", text), "recipe.yaml");

        StageConfig.Distil stage = (StageConfig.Distil) recipe.stages().get(0);
        assertThat(stage.encoding()).isEqualTo(new EncodingConfig(type, count, zstd));
        // A plain encoding stands in a run's digest as it always has.
        assertThat(new EncodingConfig("fp16", 0, false)).hasToString("fp16");
    }

    @Test
    void parse_temperatureThatAnEncodingCannotCarry_isRefused() {
        assertThatThrownBy(() ->
                        RecipeReader.parse(EVERY_KEY.replace("temperature: 20", "temperature: 2000"), "recipe.yaml"))
                .hasMessageEndingWith(
                        "stages[0].loss.temperature: 2000.0 (expected: 0.001 to 1000, since encoding is top-k)");
    }

    private static long lineOf(String text, String what) {
        return text.substring(0, text.indexOf(what) + what.length()).lines().count();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | recipe.yaml:1: empty (expected: a recipe in YAML)",
                "'data: [' | recipe.yaml:1: not YAML: while parsing a flow node",
                "'data: {set: glyphs}' | recipe.yaml:1: student: absent (expected: present)",
                "'seed: 1' | recipe.yaml:1: data: absent (expected: present)",
            })
    void parse_notARecipe_saysWhatIsMissing(String text, String message) {
        assertThatThrownBy(() -> RecipeReader.parse(text, "recipe.yaml"))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage(message);
    }

    @Test
    void parse_studentInAFile_takesNoSettings() {
        String text = "data: {set: glyphs}\nstudent: {onnx: student.onnx%s}\nstages: [{train: {}}]\n";

        assertThat(RecipeReader.parse(text.formatted(""), "recipe.yaml")
                        .student()
                        .onnx())
                .isEqualTo("student.onnx");
        assertThatThrownBy(() -> RecipeReader.parse(text.formatted(", depth: 3"), "recipe.yaml"))
                .hasMessage("recipe.yaml:2: student.depth: 3 (expected: absent, since the network is in a file)");
    }

    @Test
    void parse_whatIsSaidOfAFile_isTaken() {
        String text = "data: {set: glyphs}\nstudent: {%s}\nstages: [{train: {}}]\n";
        String said = ", dimensions: {sequence: 128}, parameters: [\"*.gamma\"], constants: [pos_embed]";

        assertThat(RecipeReader.parse(text.formatted("onnx: student.onnx" + said), "recipe.yaml")
                        .student()
                        .file())
                .isEqualTo(new FileConfig(Map.of("sequence", 128L), List.of("*.gamma"), List.of("pos_embed")));
        assertThatThrownBy(() -> RecipeReader.parse(text.formatted("zoo: mlp" + said), "recipe.yaml"))
                .hasMessage("recipe.yaml:2: student.dimensions: given (expected: absent, since zoo is given)");
        assertThatThrownBy(() -> RecipeReader.parse(text.formatted("zoo: mlp, constants: [fc1.weight]"), "recipe.yaml"))
                .hasMessage("recipe.yaml:2: student.constants: given (expected: absent, since zoo is given)");
        assertThatThrownBy(() -> RecipeReader.parse(
                        text.formatted("onnx: student.onnx, dimensions: {sequence: 0}"), "recipe.yaml"))
                .hasMessage("recipe.yaml:2: student.dimensions.sequence: 0 (expected: a size >= 1)");
        assertThatThrownBy(() -> RecipeReader.parse(
                        text.formatted("onnx: student.onnx, dimensions: {sequence: null}"), "recipe.yaml"))
                .hasMessage("recipe.yaml:2: student.dimensions.sequence: null (expected: a size >= 1)");
        assertThatThrownBy(() -> RecipeReader.parse(
                        text.formatted("onnx: student.onnx, dimensions: {sequence: long}"), "recipe.yaml"))
                .hasMessage("recipe.yaml:2: student.dimensions.sequence: long (expected: an integer)");
    }

    @Test
    void parse_unknownNetwork_suggestsTheNearest() {
        String text = "data: {set: cifar10}\nstudent: {zoo: resnet20}\nstages: [{train: {}}]\n";

        assertThatThrownBy(() -> RecipeReader.parse(text, "recipe.yaml"))
                .hasMessageStartingWith("recipe.yaml:2: student.zoo: 'resnet20' (expected: one of ")
                .hasMessageEndingWith("; did you mean 'resnet-20'?)");
    }

    @Test
    void parse_networkWithSettings_isTaken() {
        String text =
                "data: {set: cifar10}\nstudent: {zoo: resnet-20, width: 0.5, shortcut: B}\nstages: [{train: {}}]\n";

        assertThat(RecipeReader.parse(text, "recipe.yaml").student().settings())
                .isEqualTo(Map.of(ZooSetting.WIDTH, 0.5, ZooSetting.SHORTCUT, "B"));
    }

    @Test
    void parse_distilWithoutTeacher_saysWhichStageNeedsOne() {
        String text = "data: {set: glyphs}\nstudent: {zoo: mlp}\nstages: [{train: {}}, {distil: {}}]\n";

        assertThatThrownBy(() -> RecipeReader.parse(text, "recipe.yaml"))
                .hasMessage("recipe.yaml:1: teacher: absent (expected: present, since stages[1] distils)");
    }

    @Test
    void parse_storedLabelsWithAugmentation_isRefused() {
        String text = """
                data: {set: glyphs}
                student: {zoo: mlp}
                teacher: {onnx: teacher.onnx, stored: true}
                stages:
                  - distil:
                      augmentation: {maxShift: 1}
                """;

        assertThatThrownBy(() -> RecipeReader.parse(text, "recipe.yaml"))
                .hasMessage("recipe.yaml:6: stages[0].augmentation.maxShift: 1 (expected: 0, since the teacher's labels"
                        + " are stored)");
    }

    @Test
    void parse_storedLabelsWithFlip_isRefused() {
        String text = """
                data: {set: glyphs}
                student: {zoo: mlp}
                teacher: {onnx: teacher.onnx, stored: true}
                stages:
                  - distil: {augmentation: {flip: true}}
                """;

        assertThatThrownBy(() -> RecipeReader.parse(text, "recipe.yaml"))
                .hasMessage("recipe.yaml:5: stages[0].augmentation.flip: true (expected: false, since the teacher's"
                        + " labels are stored)");
    }

    @Test
    void parse_cifar10WithoutScaling_takesTheUsualOne() {
        String text = "data: {set: cifar10%s}\nstudent: {zoo: mlp}\nstages:"
                + " [train: {augmentation: {maxShift: 4, flip: true}}]\n";
        Recipe recipe = RecipeReader.parse(text.formatted(""), "recipe.yaml");

        assertThat(recipe.data().pixelMean()).containsExactly(0.4914, 0.4822, 0.4465);
        assertThat(recipe.data().pixelStd()).containsExactly(0.2470, 0.2435, 0.2616);
        assertThat(((StageConfig.Training) recipe.stages().get(0)).schedule().augmentation())
                .isEqualTo(new AugmentationConfig(4, true));
        assertThat(RecipeReader.parse(text.formatted(", pixelMean: [0.5]"), "recipe.yaml")
                        .data()
                        .pixelStd())
                .containsExactly(1.0);
    }

    @Test
    void read_absentFile_isOneLine(@TempDir Path folder) {
        Path file = folder.resolve("none.yaml");

        assertThatThrownBy(() -> RecipeReader.read(file))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage(file + ": absent (expected: a recipe in YAML)");
    }

    @Test
    void read_bytesThatAreNotText_isOneLine(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

        assertThatThrownBy(() -> RecipeReader.read(file))
                .hasMessage(file + ": not readable as text (expected: a recipe in YAML, UTF-8)");
    }

    @Test
    void digest_samePlanElsewhere_isTheSame() {
        Recipe recipe = RecipeReader.parse(EVERY_KEY, "recipe.yaml");
        Recipe moved = RecipeReader.parse(EVERY_KEY.replace("folder: somewhere", "folder: elsewhere"), "recipe.yaml")
                .withTeacherAddress("other:1")
                .withExportFolder("there")
                .withMinAgreement(99.5);

        assertThat(moved.digest()).isEqualTo(recipe.digest()).hasSize(64);
        assertThat(moved.export().minAgreement()).isEqualTo(99.5);
    }

    @Test
    void digest_otherPlan_differs() {
        Recipe recipe = RecipeReader.parse(EVERY_KEY, "recipe.yaml");

        assertThat(recipe.withSeed(10).digest()).isNotEqualTo(recipe.digest());
        assertThat(RecipeReader.parse(EVERY_KEY.replace("temperature: 20", "temperature: 19"), "recipe.yaml")
                        .digest())
                .isNotEqualTo(recipe.digest());
        assertThat(RecipeReader.parse(EVERY_KEY.replace("[3, 7]", "[7, 3]"), "recipe.yaml")
                        .digest())
                .isEqualTo(recipe.digest());
    }

    @Test
    void parse_schedulesThatClash_areRefused() {
        String text = """
                data: {set: glyphs}
                student: {zoo: lenet-5}
                stages: [{train: {learningRate: {schedule: %s}}}]
                """;
        assertThatThrownBy(() -> RecipeReader.parse(text.formatted("one-cycle, warmupEpochs: 1"), "recipe.yaml"))
                .hasMessage(
                        "recipe.yaml:3: stages[0].learningRate.warmupEpochs: 1.0 (expected: 0, since one-cycle rises"
                                + " by itself)");
        assertThatThrownBy(() -> RecipeReader.parse(text.formatted("exponential"), "recipe.yaml"))
                .hasMessage("recipe.yaml:3: stages[0].learningRate.end: 0.0 (expected: > 0, since an exponential never"
                        + " reaches 0)");
    }

    @Test
    void documentation_everyKey_isThere() throws IOException {
        String documentation = Files.readString(Path.of(System.getProperty("reflux.root"), "docs/recipes.md"));

        assertThat(Pattern.compile("(\\w+):")
                        .matcher(EVERY_KEY.replace("teacher.example:9090", ""))
                        .results()
                        .map(match -> match.group(1)))
                .hasSizeGreaterThan(40)
                .allSatisfy(key -> assertThat(documentation).containsPattern("`([\\w.]+\\.)?" + key + "[`:.]"));
    }

    @Test
    void documentation_example_isARecipe() throws IOException {
        String documentation = Files.readString(Path.of(System.getProperty("reflux.root"), "docs/recipes.md"));
        int from = documentation.indexOf("```yaml") + "```yaml".length();
        String example = documentation.substring(from, documentation.indexOf("```", from));

        Recipe recipe = RecipeReader.parse(example, "docs/recipes.md");

        assertThat(recipe.stages()).hasSize(2);
    }
}
