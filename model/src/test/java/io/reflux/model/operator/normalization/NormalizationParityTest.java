package io.reflux.model.operator.normalization;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.OperatorParity;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;

final class NormalizationParityTest {

    @Property(tries = 40)
    void lastAxes_anyAxisAndScale_equalOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = -3, max = 3) int axis,
            @ForAll @IntRange(max = 3) int form,
            @ForAll boolean bias,
            @ForAll @FloatRange(min = 0.01f, max = 0.5f) float epsilon) {
        lastAxes(seed, axis, form, bias, epsilon).assertSame();
    }

    @Property(tries = 10)
    void lastAxes_gradients_equalFiniteDifferences(
            @ForAll long seed, @ForAll @IntRange(min = -3, max = 3) int axis, @ForAll @IntRange(max = 3) int form) {
        lastAxes(seed, axis, form, true, 1e-3f).assertGradients();
    }

    /** Each of the three over x: 2×3×4×5, its scale covering the normalised axes, or fewer, or with leading ones. */
    private static OperatorParity lastAxes(long seed, int axis, int form, boolean bias, float epsilon) {
        long[] x = {2, 3, 4, 5};
        // The batch itself cannot be normalised while it is free, so axis -4 and 0 stay out.
        int first = axis <= 0 ? Math.min(3, axis + 4) : axis;
        int rank = 4 - first;
        long[] scale = new long[rank];
        System.arraycopy(x, first, scale, 0, rank);
        if (form == 1) {
            scale = new long[] {5};
        } else if (form == 2) {
            long[] longer = new long[rank + 1];
            longer[0] = 1;
            System.arraycopy(scale, 0, longer, 1, rank);
            scale = longer;
        } else if (form == 3) {
            scale[0] = 1;
        }
        Attributes attributes = axis == 0
                ? Attributes.NONE.withFloat("epsilon", epsilon)
                : Attributes.NONE.withInt("axis", axis).withFloat("epsilon", epsilon);
        boolean standard = form == 0 || form == 2;
        OperatorParity parity = new OperatorParity(seed, 23)
                .input("x", x)
                .weight("scale", scale)
                .weight("bias", scale)
                .node("LayerNormalization", bias ? "x scale bias" : "x scale", "layer", attributes)
                .node("RMSNormalization", "x scale", "root", attributes)
                .output("layer")
                .output("root");
        // ONNX Runtime's own takes no scale that must be stretched.
        return standard && form == 0
                ? parity.node("SimplifiedLayerNormalization", "x scale", "simple", attributes)
                        .output("simple")
                : parity;
    }

    @Property(tries = 10)
    void skips_equalOnnxRuntimeAndTheirGradientDifferences(
            @ForAll long seed, @ForAll boolean own, @ForAll boolean bias, @ForAll boolean sums) {
        for (boolean gradients : new boolean[] {false, true}) {
            OperatorParity parity = new OperatorParity(seed, 17)
                    .domain("com.microsoft", 1)
                    .input("x", 2, 3, 5)
                    .input("skip", 2, 3, 5)
                    .weight("scale", 5)
                    .weight("own", 5)
                    .weight("bias", 5);
            String layer = "x skip scale " + (own ? "own" : "-") + (bias ? " bias" : "");
            parity.node("com.microsoft", "SkipLayerNormalization", layer, "a - - s", Attributes.NONE)
                    .node(
                            "com.microsoft",
                            "SkipSimplifiedLayerNormalization",
                            "x skip scale" + (bias ? " bias" : ""),
                            sums ? "b - - t" : "b",
                            Attributes.NONE.withFloat("epsilon", 0.1f))
                    .output("a")
                    .output("b")
                    .output("s");
            if (gradients) {
                parity.assertGradients();
            } else {
                parity.assertSame();
            }
        }
    }

    @Example
    void layerNormalization_defaults_equalOnnxRuntime() {
        new OperatorParity(1, 17)
                .input("x", 2, 3, 5)
                .weight("scale", 5)
                .node("LayerNormalization", "x scale", "y")
                .output("y")
                .assertSame();
    }

    @Property(tries = 20)
    void groups_anyCount_equalOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 3) int form, @ForAll boolean old) {
        groups(seed, form, old).assertSame();
    }

    @Property(tries = 6)
    void groups_gradients_equalFiniteDifferences(
            @ForAll long seed, @ForAll @IntRange(max = 3) int form, @ForAll boolean old) {
        groups(seed, form, old).assertGradients();
    }

    private static OperatorParity groups(long seed, int form, boolean old) {
        int groups = new int[] {1, 2, 3, 6}[form];
        return new OperatorParity(seed, old ? 18 : 21)
                .input("x", 2, 6, 3, 2)
                .weight("scale", old ? groups : 6)
                .weight("bias", old ? groups : 6)
                .node("GroupNormalization", "x scale bias", "y", Attributes.NONE.withInt("num_groups", groups))
                .output("y");
    }

    @Property(tries = 10)
    void instances_anyRank_equalOnnxRuntimeAndTheirGradientDifferences(
            @ForAll long seed, @ForAll @IntRange(max = 2) int rank) {
        long[][] shapes = {{2, 3, 5}, {2, 3, 4, 2}, {2, 3, 2, 2, 3}};
        for (boolean gradients : new boolean[] {false, true}) {
            OperatorParity parity = new OperatorParity(seed, 13)
                    .input("x", shapes[rank])
                    .weight("scale", 3)
                    .weight("bias", 3)
                    .node("InstanceNormalization", "x scale bias", "y", Attributes.NONE.withFloat("epsilon", 1e-2f))
                    .output("y");
            if (gradients) {
                parity.assertGradients();
            } else {
                parity.assertSame();
            }
        }
    }

    @Property(tries = 20)
    void localResponse_anySize_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(max = 2) int half,
            @ForAll boolean defaults,
            @ForAll @FloatRange(min = 0.1f, max = 1) float number) {
        // ONNX Runtime takes odd sizes only.
        Attributes attributes = Attributes.NONE.withInt("size", 2 * half + 1);
        new OperatorParity(seed, 13)
                .input("x", 2, 5, 3, 2)
                .node(
                        "LRN",
                        "x",
                        "y",
                        defaults
                                ? attributes
                                : attributes
                                        .withFloat("alpha", number)
                                        .withFloat("beta", 1.5f - number)
                                        .withFloat("bias", 1 + number))
                .output("y")
                .assertSame();
    }

    @Property(tries = 12)
    void lpNormalization_anyAxis_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = -3, max = 2) int axis,
            @ForAll @IntRange(min = 1, max = 2) int p) {
        OperatorParity parity = new OperatorParity(seed, 22).input("x", 2, 3, 4);
        parity.input(GraphTensor.of("zero", new long[] {2, 3}, new float[6]), false)
                .node(
                        "LpNormalization",
                        "x",
                        "y",
                        Attributes.NONE.withInt("axis", axis).withInt("p", p))
                .node("LpNormalization", "x", "default")
                .node("LpNormalization", "zero", "zeros")
                .output("y")
                .output("default")
                .output("zeros")
                .assertSame();
    }

    @Property(tries = 8)
    void meanVariance_anyAxes_equalsOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 2) int form) {
        long[][] axes = {{0, 2, 3}, {1}, {2, 3}};
        Attributes attributes = form == 0 ? Attributes.NONE : Attributes.NONE.withInts("axes", axes[form]);
        new OperatorParity(seed, 13)
                .input("x", 3, 4, 3, 2)
                .node("MeanVarianceNormalization", "x", "y", attributes)
                .output("y")
                .assertSame();
    }

    @Example
    void statistics_gradients_equalFiniteDifferences() {
        new OperatorParity(4, 22)
                .input("x", 2, 4, 3, 2)
                .node("LRN", "x", "a", Attributes.NONE.withInt("size", 3).withFloat("alpha", 0.5f))
                .node("LpNormalization", "x", "b", Attributes.NONE.withInt("axis", 1))
                .node("MeanVarianceNormalization", "x", "c")
                .output("a")
                .output("b")
                .output("c")
                .assertGradients();
    }

    @Property(tries = 6)
    void batchNormalization_trainingMode_equalsOnnxRuntime(@ForAll long seed) {
        OperatorParity parity = new OperatorParity(seed, 15).input("x", 4, 3, 5);
        parity.weight("scale", 3)
                .weight("bias", 3)
                .weight("mean", 3)
                .constant(parity.tensor("variance", 0.5, 2, 3))
                .node(
                        "BatchNormalization",
                        "x scale bias mean variance",
                        "y mean_after variance_after",
                        Attributes.NONE.withInt("training_mode", 1).withFloat("momentum", 0.8f))
                .output("y")
                .output("mean_after")
                .output("variance_after")
                .assertSame();
    }

    @Example
    void batchNormalization_gradients_equalFiniteDifferences() {
        OperatorParity parity = new OperatorParity(5, 15).input("x", 3, 2, 4);
        parity.weight("scale", 2)
                .weight("bias", 2)
                .weight("mean", 2)
                .constant(parity.tensor("variance", 0.5, 2, 2))
                .node("BatchNormalization", "x scale bias mean variance", "y")
                .output("y")
                .assertGradients();
    }
}
