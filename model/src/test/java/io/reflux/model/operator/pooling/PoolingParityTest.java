package io.reflux.model.operator.pooling;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.EngineParity;
import io.reflux.model.operator.OperatorParity;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class PoolingParityTest {

    /** Before 22, ONNX's own shape inference counts a last window that starts in the padding; no runtime does. */
    private static final int CEIL_OPSET = 22;

    @Property(tries = 60)
    void maxPool_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int kernelHeight,
            @ForAll @IntRange(min = 1, max = 4) int kernelWidth,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll @IntRange(max = 255) int pads,
            @ForAll boolean ceil) {
        Attributes attributes =
                pooling(kernelHeight, kernelWidth, stride, pads, ceil).withInts("dilations", dilation, 1);
        EngineParity parity = new EngineParity(seed);
        parity.assertSame(
                CEIL_OPSET,
                new long[] {2, 9, 8},
                graph -> graph.node("MaxPool", "pool", List.of("x"), List.of("y"), attributes));
    }

    @Property(tries = 60)
    void averagePool_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int kernelHeight,
            @ForAll @IntRange(min = 1, max = 4) int kernelWidth,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(max = 255) int pads,
            @ForAll boolean ceil,
            @ForAll boolean countPadding) {
        Attributes attributes = pooling(kernelHeight, kernelWidth, stride, pads, ceil)
                .withInt("count_include_pad", countPadding ? 1 : 0);
        EngineParity parity = new EngineParity(seed);
        parity.assertSame(
                CEIL_OPSET,
                new long[] {2, 9, 8},
                graph -> graph.node("AveragePool", "pool", List.of("x"), List.of("y"), attributes));
    }

    @Property(tries = 20)
    void pooling1d_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int kernel, @ForAll boolean max) {
        Attributes attributes = Attributes.NONE.withInts("kernel_shape", kernel).withInts("strides", 2);
        EngineParity parity = new EngineParity(seed);
        parity.assertSame(
                17,
                new long[] {3, 10},
                graph -> graph.node(max ? "MaxPool" : "AveragePool", "pool", List.of("x"), List.of("y"), attributes));
    }

    @Property(tries = 12)
    void samePadding_equalsOnnxRuntime(@ForAll long seed, @ForAll boolean upper, @ForAll boolean max) {
        Attributes attributes = Attributes.NONE
                .withInts("kernel_shape", 2, 3)
                .withInts("strides", 2, 2)
                .withString("auto_pad", upper ? "SAME_UPPER" : "SAME_LOWER");
        EngineParity parity = new EngineParity(seed);
        parity.assertSame(
                17,
                new long[] {2, 7, 8},
                graph -> graph.node(max ? "MaxPool" : "AveragePool", "pool", List.of("x"), List.of("y"), attributes));
    }

    @Example
    void globalAveragePool_equalsOnnxRuntime() {
        EngineParity parity = new EngineParity(3);
        parity.assertSame(
                17, new long[] {4, 5, 6}, graph -> graph.node("GlobalAveragePool", "pool", List.of("x"), List.of("y")));
    }

    @Property(tries = 24)
    void pooling3d_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll @IntRange(min = 1, max = 2) int stride,
            @ForAll @IntRange(max = 63) int pads,
            @ForAll boolean ceil,
            @ForAll boolean countPadding) {
        Attributes attributes = Attributes.NONE
                .withInts("kernel_shape", kernel, 2, 3)
                .withInts("strides", stride, 2, 1)
                .withInts(
                        "pads",
                        (pads & 1) % kernel,
                        (pads >> 1) & 1,
                        (pads >> 2) & 1,
                        (pads >> 3 & 1) % kernel,
                        (pads >> 4) & 1,
                        (pads >> 5) & 1)
                .withInt("ceil_mode", ceil ? 1 : 0);
        new OperatorParity(seed, CEIL_OPSET)
                .input("x", 2, 3, 4, 5, 6)
                .node("MaxPool", "x", "most", attributes)
                .node("AveragePool", "x", "mean", attributes.withInt("count_include_pad", countPadding ? 1 : 0))
                .output("most")
                .output("mean")
                .assertSame();
    }

    @Property(tries = 24)
    void lpPool_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int p,
            @ForAll @IntRange(min = 1, max = 3) int kernelHeight,
            @ForAll @IntRange(min = 1, max = 3) int kernelWidth,
            @ForAll @IntRange(max = 255) int pads) {
        new OperatorParity(seed, 18)
                .input("x", 2, 3, 9, 8)
                .node(
                        "LpPool",
                        "x",
                        "y",
                        pooling(kernelHeight, kernelWidth, 2, pads, false).withInt("p", p))
                .output("y")
                .assertSame();
    }

    @Property(tries = 6)
    void globalPools_anyRank_equalOnnxRuntimeAndTheirGradientDifferences(
            @ForAll long seed, @ForAll @IntRange(max = 2) int rank) {
        long[][] shapes = {{2, 3, 5}, {2, 3, 4, 2}, {2, 3, 2, 2, 3}};
        for (boolean gradients : new boolean[] {false, true}) {
            OperatorParity parity = new OperatorParity(seed, 13)
                    .input("x", shapes[rank])
                    .node("GlobalAveragePool", "x", "mean")
                    .node("GlobalMaxPool", "x", "most")
                    .node("GlobalLpPool", "x", "two")
                    .node("GlobalLpPool", "x", "three", Attributes.NONE.withInt("p", 3))
                    .output("mean")
                    .output("most")
                    .output("two")
                    .output("three");
            if (gradients) {
                parity.assertGradients();
            } else {
                parity.assertSame();
            }
        }
    }

    @Example
    void pools_gradients_equalFiniteDifferences() {
        Attributes attributes = pooling(3, 2, 2, 0b01_00_01_01, true);
        new OperatorParity(6, CEIL_OPSET)
                .input("x", 2, 2, 5, 5)
                .node("MaxPool", "x", "most", attributes.withInts("dilations", 1, 2))
                .node("AveragePool", "x", "mean", attributes)
                .node("AveragePool", "x", "padded", attributes.withInt("count_include_pad", 1))
                .node("LpPool", "x", "lp", pooling(3, 2, 2, 0, false))
                .output("most")
                .output("mean")
                .output("padded")
                .output("lp")
                .assertGradients();
    }

    /** Padding stays below the kernel, beyond which a window may see nothing but padding. */
    private static Attributes pooling(int kernelHeight, int kernelWidth, int stride, int pads, boolean ceil) {
        return Attributes.NONE
                .withInts("kernel_shape", kernelHeight, kernelWidth)
                .withInts("strides", stride, 2)
                .withInts(
                        "pads",
                        (pads & 3) % kernelHeight,
                        ((pads >> 2) & 3) % kernelWidth,
                        ((pads >> 4) & 3) % kernelHeight,
                        ((pads >> 6) & 3) % kernelWidth)
                .withInt("ceil_mode", ceil ? 1 : 0);
    }
}
