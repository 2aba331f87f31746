package io.reflux.model.operator;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;

final class DenseParityTest {

    @Property(tries = 40)
    void gemm_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll boolean transB,
            @ForAll boolean scaled,
            @ForAll @FloatRange(min = -2, max = 2) float alpha,
            @ForAll @FloatRange(min = -2, max = 2) float beta,
            @ForAll @IntRange(max = 4) int bias) {
        EngineParity parity = new EngineParity(seed);
        long[][] biasShapes = {{}, {1}, {5}, {1, 5}, {1, 1}};
        Attributes attributes = Attributes.NONE.withInt("transB", transB ? 1 : 0);
        Attributes all = scaled ? attributes.withFloat("alpha", alpha).withFloat("beta", beta) : attributes;
        parity.assertSame(17, new long[] {7}, graph -> {
            graph.initializer(transB ? parity.tensor("w", 5, 7) : parity.tensor("w", 7, 5));
            graph.initializer(parity.tensor("c", biasShapes[bias]));
            graph.node("Gemm", "gemm", List.of("x", "w", "c"), List.of("y"), all);
        });
    }

    @Property(tries = 8)
    void gemm_withoutBias_equalsOnnxRuntime(@ForAll long seed, @ForAll boolean transB, @ForAll boolean scaled) {
        EngineParity parity = new EngineParity(seed);
        Attributes attributes =
                Attributes.NONE.withInt("transB", transB ? 1 : 0).withFloat("alpha", scaled ? 0.5f : 1);
        parity.assertSame(
                17,
                new long[] {7},
                graph -> graph.initializer(transB ? parity.tensor("w", 5, 7) : parity.tensor("w", 7, 5))
                        .node("Gemm", "gemm", List.of("x", "w"), List.of("y"), attributes));
    }

    @Example
    void gemm_transposedInput_equalsOnnxRuntime() {
        EngineParity parity = new EngineParity(5);
        // x′x: features × features would drop the batch, so a transposed weight stands first and x second.
        parity.assertSame(
                17,
                new long[] {4},
                graph -> graph.initializer(parity.tensor("w", 6, 4))
                        .node("Gemm", "wx", List.of("w", "x"), List.of("t"), Attributes.NONE.withInt("transB", 1))
                        .initializer(parity.tensor("v", 6, 5))
                        .node("Gemm", "back", List.of("t", "v"), List.of("y"), Attributes.NONE.withInt("transA", 1)));
    }

    @Property(tries = 20)
    void matMul_anyRanks_equalsOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 3) int form) {
        EngineParity parity = new EngineParity(seed);
        long[][] samples = {{7}, {3, 7}, {2, 3, 7}, {2, 3, 7}};
        long[][] weights = {{7, 5}, {7, 5}, {2, 7, 5}, {7}};
        parity.assertSame(
                17,
                samples[form],
                graph -> graph.initializer(parity.tensor("w", weights[form]))
                        .node("MatMul", "product", List.of("x", "w"), List.of("y")));
    }

    @Property(tries = 20)
    void addAndMul_broadcast_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(max = 4) int form, @ForAll boolean add) {
        EngineParity parity = new EngineParity(seed);
        long[][] shapes = {{}, {4}, {3, 1}, {1, 2, 1, 4}, {2, 3, 4}};
        parity.assertSame(
                17,
                new long[] {2, 3, 4},
                graph -> graph.initializer(parity.tensor("c", shapes[form]))
                        .node(add ? "Add" : "Mul", "stretch", List.of("c", "x"), List.of("y")));
    }

    @Property(tries = 12)
    void softmaxes_anyAxis_equalOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(min = -3, max = 3) int axis, @ForAll boolean logarithm) {
        EngineParity parity = new EngineParity(seed);
        parity.assertSame(
                13,
                new long[] {2, 3, 4},
                graph -> graph.node(
                        logarithm ? "LogSoftmax" : "Softmax",
                        "softmax",
                        List.of("x"),
                        List.of("y"),
                        Attributes.NONE.withInt("axis", axis)));
    }

    @Property(tries = 12)
    void batchNormalization_evaluation_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank) {
        EngineParity parity = new EngineParity(seed);
        long[][] samples = {{5}, {5, 4}, {5, 4, 3}};
        float[] variance = parity.values(5);
        for (int i = 0; i < variance.length; i++) {
            variance[i] = variance[i] * variance[i] + 0.1f;
        }
        parity.assertSame(
                15,
                samples[rank - 1],
                graph -> graph.initializer(parity.tensor("scale", 5))
                        .initializer(parity.tensor("bias", 5))
                        .initializer(parity.tensor("mean", 5))
                        .initializer(GraphTensor.of("variance", new long[] {5}, variance))
                        .node(
                                "BatchNormalization",
                                "norm",
                                List.of("x", "scale", "bias", "mean", "variance"),
                                List.of("y"),
                                Attributes.NONE.withFloat("epsilon", 1e-3f).withFloat("momentum", 0.8f)));
    }

    @Property(tries = 12)
    void reshape_zerosAndRemainder_equalOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 4) int form) {
        EngineParity parity = new EngineParity(seed);
        long[][] targets = {{-1, 24}, {0, -1}, {0, 3, -1, 2}, {-1, 4, 6}, {0, 0, 12}};
        parity.assertSame(
                17,
                new long[] {2, 3, 4},
                graph -> graph.initializer(GraphTensor.of("shape", new long[] {targets[form].length}, targets[form]))
                        .node("Reshape", "reshape", List.of("x", "shape"), List.of("y")));
    }

    @Property(tries = 10)
    void flatten_axisInsideTheSample_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(min = -2, max = 1) int axis) {
        EngineParity parity = new EngineParity(seed);
        // Back to one row for each sample, so that the logits are batch × features.
        parity.assertSame(
                17,
                new long[] {6},
                graph -> graph.initializer(GraphTensor.of("back", new long[] {2}, new long[] {-1, 6}))
                        .node("Flatten", "flat", List.of("x"), List.of("t"), Attributes.NONE.withInt("axis", axis))
                        .node("Reshape", "reshape", List.of("t", "back"), List.of("y")));
    }

    @Example
    void dropoutIdentityReluAndConstant_equalOnnxRuntime() {
        EngineParity parity = new EngineParity(9);
        parity.assertSame(
                17,
                new long[] {6},
                graph -> graph.node("Relu", "relu", List.of("x"), List.of("a"))
                        .initializer(GraphTensor.of("ratio", new long[0], new float[] {0.25f}))
                        .node("Dropout", "drop", List.of("a", "ratio"), List.of("b"))
                        .node("Identity", "same", List.of("b"), List.of("c"))
                        .node(
                                "Constant",
                                "constant",
                                List.of(),
                                List.of("k"),
                                Attributes.NONE.withTensor("value", parity.tensor("k", 6)))
                        .node("Add", "add", List.of("c", "k"), List.of("y")));
    }
}
