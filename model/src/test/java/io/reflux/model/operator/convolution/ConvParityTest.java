package io.reflux.model.operator.convolution;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.EngineParity;
import io.reflux.model.operator.OperatorParity;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class ConvParityTest {

    private static final String[] AUTO_PADS = {"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"};

    @Property(tries = 60)
    void conv2d_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2) int group,
            @ForAll @IntRange(min = 1, max = 3) int channelsPerGroup,
            @ForAll @IntRange(min = 1, max = 4) int kernelHeight,
            @ForAll @IntRange(min = 1, max = 3) int kernelWidth,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll @IntRange(max = 3) int autoPad,
            @ForAll @IntRange(max = 255) int pads,
            @ForAll boolean bias) {
        EngineParity parity = new EngineParity(seed);
        long channels = (long) group * channelsPerGroup;
        // ONNX Runtime takes SAME padding only without dilation.
        int spread = autoPad >= 2 ? 1 : dilation;
        Attributes attributes = Attributes.NONE
                .withInt("group", group)
                .withInts("strides", stride, 3 - Math.min(2, stride))
                .withInts("dilations", spread, 1)
                .withString("auto_pad", AUTO_PADS[autoPad]);
        Attributes padded = autoPad == 0
                ? attributes.withInts("pads", pads & 3, (pads >> 2) & 3, (pads >> 4) & 3, (pads >> 6) & 3)
                : attributes;
        parity.assertSame(17, new long[] {channels, 9, 8}, graph -> {
            graph.initializer(parity.tensor("w", 2L * group, channelsPerGroup, kernelHeight, kernelWidth));
            graph.initializer(parity.tensor("b", 2L * group));
            graph.node("Conv", "conv", bias ? List.of("x", "w", "b") : List.of("x", "w"), List.of("y"), padded);
        });
    }

    @Property(tries = 20)
    void conv1d_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 5) int kernel,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll @IntRange(max = 3) int begin,
            @ForAll @IntRange(max = 3) int end) {
        EngineParity parity = new EngineParity(seed);
        parity.assertSame(
                13,
                new long[] {3, 11},
                graph -> graph.initializer(parity.tensor("w", 4, 3, kernel))
                        .node(
                                "Conv",
                                "conv",
                                List.of("x", "w"),
                                List.of("y"),
                                Attributes.NONE
                                        .withInts("strides", stride)
                                        .withInts("dilations", dilation)
                                        .withInts("pads", begin, end)));
    }

    @Property(tries = 20)
    void conv3d_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2) int group,
            @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll @IntRange(min = 1, max = 2) int stride,
            @ForAll @IntRange(max = 63) int pads) {
        new OperatorParity(seed, 22)
                .input("x", 2, 2L * group, 4, 5, 6)
                .weight("w", 3L * group, 2, kernel, 2, 3)
                .weight("b", 3L * group)
                .node(
                        "Conv",
                        "x w b",
                        "y",
                        Attributes.NONE
                                .withInt("group", group)
                                .withInts("strides", stride, 1, 2)
                                .withInts(
                                        "pads",
                                        pads & 1,
                                        (pads >> 1) & 1,
                                        (pads >> 2) & 1,
                                        (pads >> 3) & 1,
                                        (pads >> 4) & 1,
                                        (pads >> 5) & 1))
                .output("y")
                .assertSame();
    }

    @Property(tries = 4)
    void conv_gradients_equalFiniteDifferences(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank) {
        long[] input = new long[rank + 2];
        long[] weight = new long[rank + 2];
        Arrays.fill(input, 4);
        Arrays.fill(weight, 2);
        input[0] = 2;
        weight[1] = 1;
        weight[0] = 4;
        new OperatorParity(seed, 17)
                .input("x", input)
                .weight("w", weight)
                .weight("b", 4)
                .node("Conv", "x w b", "y", Attributes.NONE.withInt("group", 4).withString("auto_pad", "SAME_UPPER"))
                .output("y")
                .assertGradients();
    }
}
