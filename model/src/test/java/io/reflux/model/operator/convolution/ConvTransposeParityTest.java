package io.reflux.model.operator.convolution;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.OperatorParity;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class ConvTransposeParityTest {

    private static final String[] AUTO_PADS = {"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"};

    @Property(tries = 80)
    void convTranspose2d_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2) int group,
            @ForAll @IntRange(min = 1, max = 4) int kernelHeight,
            @ForAll @IntRange(min = 1, max = 3) int kernelWidth,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll @IntRange(max = 3) int autoPad,
            @ForAll @IntRange(max = 255) int pads,
            @ForAll boolean bias) {
        Attributes attributes = Attributes.NONE
                .withInt("group", group)
                .withInts("strides", stride, 2)
                .withInts("dilations", dilation, 1)
                .withInts("output_padding", pads % stride, pads & 1)
                .withString("auto_pad", AUTO_PADS[autoPad]);
        Attributes padded = autoPad == 0
                ? attributes.withInts("pads", pads & 1, (pads >> 2) & 1, (pads >> 4) & 1, (pads >> 6) & 1)
                : attributes;
        new OperatorParity(seed, 13)
                .input("x", 2, 2L * group, 5, 4)
                .weight("w", 2L * group, 3, kernelHeight, kernelWidth)
                .weight("b", 3L * group)
                .node("ConvTranspose", bias ? "x w b" : "x w", "y", padded)
                .output("y")
                .assertSame();
    }

    @Property(tries = 30)
    void convTranspose2d_outputShape_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = -3, max = 0) int change,
            @ForAll @IntRange(max = 3) int autoPad) {
        new OperatorParity(seed, 13)
                .input("x", 2, 2, 5, 4)
                .weight("w", 2, 3, 3, 2)
                .weight("b", 3)
                .node(
                        "ConvTranspose",
                        "x w b",
                        "y",
                        Attributes.NONE
                                .withInts("strides", stride, 2)
                                .withString("auto_pad", AUTO_PADS[autoPad])
                                .withInts("output_shape", 4L * stride + 3 + change, 8))
                .output("y")
                .assertSame();
    }

    @Property(tries = 20)
    void convTranspose1d_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 5) int kernel,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(max = 1) int begin,
            @ForAll @IntRange(max = 1) int end) {
        new OperatorParity(seed, 17)
                .input("x", 2, 3, 6)
                .weight("w", 3, 2, kernel)
                .node(
                        "ConvTranspose",
                        "x w",
                        "y",
                        Attributes.NONE.withInts("strides", stride).withInts("pads", begin, end))
                .output("y")
                .assertSame();
    }

    @Example
    void convTranspose_gradients_equalFiniteDifferences() {
        Attributes attributes = Attributes.NONE.withInts("strides", 2, 2).withInt("group", 2);
        for (Attributes padded : new Attributes[] {
            attributes.withInts("pads", 1, 1, 1, 1).withInts("output_padding", 1, 0),
            attributes.withInts("pads", 1, 0, 0, 1)
        }) {
            new OperatorParity(7, 17)
                    .input("x", 2, 4, 3, 2)
                    .weight("w", 4, 1, 3, 3)
                    .weight("b", 2)
                    .node("ConvTranspose", "x w b", "y", padded)
                    .output("y")
                    .assertGradients();
        }
    }
}
