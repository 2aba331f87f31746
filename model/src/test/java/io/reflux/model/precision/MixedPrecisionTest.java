package io.reflux.model.precision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.Kernels;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the compiled script computes in 16 bits, and how near it stays to fp32. */
final class MixedPrecisionTest {

    private static final int ROWS = 4;

    /** Rounding to 8 or 11 bits of significand costs at most 2⁻⁸ or 2⁻¹¹ at each of some ten operations in a row. */
    @ParameterizedTest
    @CsvSource({"BF16, 0.04", "FP16, 0.005"})
    void train_lenet5_logitsAreNearThoseOfFp32(Precision precision, double tolerance) {
        ModelGraph graph = Zoo.build(ZooSpec.of("lenet-5"));
        float[] expected = logits(graph, Precision.FP32);
        float[] actual = logits(graph, precision);

        double largest = 0;
        for (float logit : expected) {
            largest = Math.max(largest, Math.abs(logit));
        }
        assertThat(actual).isNotEqualTo(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance * largest));
        }
    }

    @Test
    void compile_fp32_castsNothing() {
        assertThat(train(blocks(), Precision.FP32)).doesNotContain("torch.to(");
    }

    /** Conv and its weight in bf16; norm on bf16 data with its own tensors as they are; softmax and output in fp32. */
    @Test
    void compile_bf16_castsWhereThePolicySays() {
        String script = train(blocks(), Precision.BF16);
        List<String> casts = script.lines()
                .map(String::strip)
                .filter(line -> line.contains("torch.to("))
                .toList();

        assertThat(casts).hasSize(3);
        assertThat(casts.get(0)).contains(", 15)");
        assertThat(casts.get(1)).contains(", 15)");
        assertThat(casts.get(2)).contains(", 6)");
        assertThat(script.indexOf("torch.softmax")).isGreaterThan(script.indexOf(casts.get(2)));
        assertThat(script.indexOf("torch.batch_norm")).isLessThan(script.indexOf(casts.get(2)));
    }

    @Test
    void compile_evaluation_isFp32InEveryPrecision() {
        String methods = GraphCompiler.compile(GraphContext.of(blocks()), Precision.BF16, Set.of(), Kernels.LIBTORCH)
                .methods();
        String evaluate = methods.substring(0, methods.indexOf("def " + GraphScript.TRAIN));

        assertThat(evaluate).doesNotContain("torch.to(");
    }

    /** Depthwise convolutions whose gradients oneDNN has no fast kernel for. */
    @ParameterizedTest
    @CsvSource({"3, 1, 15", "3, 2, 6", "5, 1, 6"})
    void compile_depthwise_isInBf16WhereItIsFast(int kernel, int stride, int expected) {
        ModelGraph graph = ModelGraph.builder("depthwise")
                .input("x", ElementType.FLOAT, -1, 2, 8, 8)
                .initializer(GraphTensor.of("pointwise", new long[] {2, 2, 1, 1}, new float[] {1, 2, 3, 4}))
                .initializer(
                        GraphTensor.of("weight", new long[] {2, 1, kernel, kernel}, new float[2 * kernel * kernel]))
                .node("Conv", "first", List.of("x", "pointwise"), List.of("h"))
                .node(
                        "Conv",
                        "depthwise",
                        List.of("h", "weight"),
                        List.of("y"),
                        Attributes.NONE.withInt("group", 2).withInts("strides", stride, stride))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
        List<String> casts = train(graph, Precision.BF16)
                .lines()
                .filter(line -> line.contains("torch.to("))
                .toList();

        // x and the first weight go down; then the second weight follows them, or the first result goes up.
        assertThat(casts.get(2)).contains(", " + expected + ")");
    }

    /** A convolution read by two nodes: one tensor in bf16, cast once for both. */
    private static ModelGraph blocks() {
        return ModelGraph.builder("blocks")
                .input("x", ElementType.FLOAT, -1, 2, 4, 4)
                .initializer(GraphTensor.of("weight", new long[] {2, 2, 1, 1}, new float[] {1, 2, 3, 4}))
                .initializer(GraphTensor.of("scale", new long[] {2}, new float[] {1, 1}))
                .initializer(GraphTensor.of("bias", new long[] {2}, new float[] {0, 0}))
                .initializer(GraphTensor.of("mean", new long[] {2}, new float[] {0, 0}))
                .initializer(GraphTensor.of("variance", new long[] {2}, new float[] {1, 1}))
                .node("Conv", "a", List.of("x", "weight"), List.of("a"))
                .node("Conv", "b", List.of("a", "weight"), List.of("b"))
                .node("Add", "sum", List.of("a", "b"), List.of("sum"))
                .node(
                        "BatchNormalization",
                        "norm",
                        List.of("sum", "scale", "bias", "mean", "variance"),
                        List.of("norm"))
                .node("Flatten", "flat", List.of("norm"), List.of("flat"))
                .node("Softmax", "softmax", List.of("flat"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, 32)
                .build();
    }

    private static String train(ModelGraph graph, Precision precision) {
        String methods = GraphCompiler.compile(GraphContext.of(graph), precision, Set.of(), Kernels.LIBTORCH)
                .methods();
        return methods.substring(methods.indexOf("def " + GraphScript.TRAIN));
    }

    private static float[] logits(ModelGraph graph, Precision precision) {
        GraphScript script = GraphCompiler.compile(GraphContext.of(graph), precision, Set.of(), Kernels.LIBTORCH);
        Random random = new Random(3);
        float[] inputs = new float[ROWS * 28 * 28];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat();
        }
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                ScriptModule module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""))) {
            NDList parameters = TorchTensors.create(manager, script.parameters());
            ScriptModule.asList(parameters, "p");
            NDList arguments = new NDList(manager.create(inputs, new Shape(ROWS, 1, 28, 28))).addAll(parameters);
            NDList buffers = TorchTensors.create(manager, script.buffers());
            ScriptModule.asList(buffers, "b");
            arguments.addAll(buffers);
            try (NDList outputs = module.call(GraphScript.TRAIN, arguments, true)) {
                return outputs.get(0).toFloatArray();
            }
        }
    }
}
