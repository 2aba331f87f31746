package io.reflux.model.script;

import io.reflux.model.operator.spi.ConvolutionLayer;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Convolutions as script expressions. */
final class ConvolutionKernels {

    /** Spatial axes of the convolutions that oneDNN computes with their activation. */
    static final int IMAGE = 2;

    private ConvolutionKernels() {}

    /** The convolution alone, as libtorch has it, with or without gradients. */
    static String plain(ConvolutionLayer layer, String x, String weight, String bias) {
        return "torch.conv" + layer.rank() + "d(" + padded(layer, x) + ", " + weight + ", " + bias + ", "
                + ScriptText.ints(layer.window().strides()) + ", " + ScriptText.ints(padding(layer)) + ", "
                + ScriptText.ints(layer.window().dilations()) + ", " + layer.group() + ")";
    }

    /** The convolution and its activation, without gradients. */
    static String pointwise(ConvolutionLayer layer, String x, String weight, String bias) {
        return layer.activation()
                .appliedBy("ops.mkldnn._convolution_pointwise(" + padded(layer, x) + ", " + weight + ", " + bias + ", "
                        + geometry(layer));
    }

    /**
     * How oneDNN wants to have a weight. Any batch of x will do; where its sizes are free, each call has to look whether
     * the layout fits, which takes about 8 µs.
     *
     * @param shape of x
     */
    static String layout(ConvolutionLayer layer, List<Long> shape) {
        List<Long> sizes = new ArrayList<>(List.of(1L, shape.get(1)));
        for (int i = 0; i < layer.rank(); i++) {
            boolean padded = !layer.window().symmetric();
            long added = padded
                    ? layer.window().begin().get(i) + layer.window().end().get(i)
                    : 0;
            sizes.add(shape.get(i + 2) + added);
        }
        String hint = shape.subList(1, shape.size()).contains(Shapes.FREE) ? "None" : ScriptText.ints(sizes);
        return "ops.mkldnn._reorder_convolution_weight({w}, " + geometry(layer) + ", " + hint + ")";
    }

    private static String geometry(ConvolutionLayer layer) {
        return ScriptText.ints(padding(layer)) + ", "
                + ScriptText.ints(layer.window().strides()) + ", "
                + ScriptText.ints(layer.window().dilations()) + ", " + layer.group();
    }

    /** libtorch pads both sides alike; what is not alike is padded before. */
    private static String padded(ConvolutionLayer layer, String x) {
        Window window = layer.window();
        return window.symmetric() ? x : Window.padded(x, window.begin(), window.end(), "0");
    }

    private static List<Long> padding(ConvolutionLayer layer) {
        return layer.window().symmetric() ? layer.window().begin() : Collections.nCopies(layer.rank(), 0L);
    }
}
