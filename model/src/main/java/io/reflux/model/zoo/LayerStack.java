package io.reflux.model.zoo;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Layers one after the other: each takes the value that the one before it made. Branches begin at a {@link #here} that was
 * kept. Weights come in the order of calls; biases and what is added start at 0, what is multiplied at 1.
 */
final class LayerStack {

    private final ZooSpec spec;
    private final ModelGraphBuilder graph;
    private Feature here;
    private int tensors;

    LayerStack(ZooSpec spec) {
        this.spec = spec;
        this.here = new Feature("input", spec.inputShape());
        long[] shape = LongStream.concat(
                        LongStream.of(-1), spec.inputShape().stream().mapToLong(Integer::longValue))
                .toArray();
        this.graph = ModelGraph.builder(spec.name())
                .input(here.value(), ElementType.FLOAT, shape)
                .metadata("reflux.classes", Integer.toString(spec.numClasses()));
    }

    /** The value that the next layer takes. */
    Feature here() {
        return here;
    }

    /** Goes on from another value. */
    LayerStack from(Feature feature) {
        here = feature;
        return this;
    }

    /** C×H×W to filters×H′×W′. */
    LayerStack convolution(String name, Convolution convolution) {
        int kernel = convolution.kernel();
        int channels = here.channels() / convolution.groups();
        long area = (long) kernel * kernel;
        weights(
                name,
                channels * area,
                convolution.filters() * area / convolution.groups(),
                convolution.filters(),
                channels,
                kernel,
                kernel);
        if (convolution.bias()) {
            constant(name + ".bias", 0, convolution.filters());
        }
        Attributes attributes = Attributes.NONE.withInts("kernel_shape", kernel, kernel);
        if (convolution.stride() > 1) {
            attributes = attributes.withInts("strides", convolution.stride(), convolution.stride());
        }
        if (convolution.padding() > 0) {
            int padding = convolution.padding();
            attributes = attributes.withInts("pads", padding, padding, padding, padding);
        }
        if (convolution.groups() > 1) {
            attributes = attributes.withInt("group", convolution.groups());
        }
        List<String> inputs = convolution.bias()
                ? List.of(here.value(), name + ".weight", name + ".bias")
                : List.of(here.value(), name + ".weight");
        List<Integer> shape =
                List.of(convolution.filters(), convolution.output(here.height()), convolution.output(here.width()));
        return add("Conv", name, inputs, shape, attributes);
    }

    /** Batch normalisation (Ioffe & Szegedy 2015), epsilon 1e-5, running statistics with momentum 0.9. */
    LayerStack batchNorm(String name) {
        int channels = here.channels();
        constant(name + ".scale", 1, channels);
        constant(name + ".bias", 0, channels);
        constant(name + ".mean", 0, channels);
        constant(name + ".variance", 1, channels);
        return add(
                "BatchNormalization",
                name,
                List.of(here.value(), name + ".scale", name + ".bias", name + ".mean", name + ".variance"),
                here.shape(),
                Attributes.NONE.withFloat("epsilon", 1e-5f).withFloat("momentum", 0.9f));
    }

    /** The largest of each square window; a window that does not fit is left out. */
    LayerStack maxPool(String name, int kernel, int stride) {
        List<Integer> shape =
                List.of(here.channels(), (here.height() - kernel) / stride + 1, (here.width() - kernel) / stride + 1);
        return add(
                "MaxPool",
                name,
                List.of(here.value()),
                shape,
                Attributes.NONE.withInts("kernel_shape", kernel, kernel).withInts("strides", stride, stride));
    }

    /** The same where a last window may hang over the edge, so that no row or column is left out. */
    LayerStack maxPoolCovering(String name, int kernel, int stride) {
        List<Integer> shape = List.of(
                here.channels(),
                (here.height() - kernel + stride - 1) / stride + 1,
                (here.width() - kernel + stride - 1) / stride + 1);
        return add(
                "MaxPool",
                name,
                List.of(here.value()),
                shape,
                Attributes.NONE
                        .withInts("kernel_shape", kernel, kernel)
                        .withInts("strides", stride, stride)
                        .withInt("ceil_mode", 1));
    }

    /** Every n-th row and column, what is between them left out. */
    LayerStack subsample(String name, int stride) {
        return maxPool(name, 1, stride);
    }

    /** The mean of each channel: C×H×W to C. */
    LayerStack globalAveragePool(String name) {
        return averageChannels(name).flatten();
    }

    /** The mean of each channel: C×H×W to C×1×1. */
    LayerStack averageChannels(String name) {
        return add("GlobalAveragePool", name, List.of(here.value()), List.of(here.channels(), 1, 1), Attributes.NONE);
    }

    LayerStack flatten() {
        return add(
                "Flatten",
                "flatten",
                List.of(here.value()),
                List.of(here.elements()),
                Attributes.NONE.withInt("axis", 1));
    }

    LayerStack linear(String name, int outputs) {
        int inputs = here.elements();
        weights(name, inputs, outputs, outputs, inputs);
        constant(name + ".bias", 0, outputs);
        return add("Gemm", name, weighted(name), List.of(outputs), Attributes.NONE.withInt("transB", 1));
    }

    LayerStack relu(String name) {
        return add("Relu", name, List.of(here.value()), here.shape(), Attributes.NONE);
    }

    /** min(max(x, 0), 6). */
    LayerStack relu6(String name) {
        graph.initializer(GraphTensor.of(name + ".min", new long[0], new float[] {0}));
        graph.initializer(GraphTensor.of(name + ".max", new long[0], new float[] {6}));
        return add("Clip", name, List.of(here.value(), name + ".min", name + ".max"), here.shape(), Attributes.NONE);
    }

    /** Another value's channels, then these. */
    LayerStack behind(String name, Feature other) {
        return add(
                "Concat",
                name,
                List.of(other.value(), here.value()),
                List.of(other.channels() + here.channels(), here.height(), here.width()),
                Attributes.NONE.withInt("axis", 1));
    }

    /** The sum with another value of the same shape. */
    LayerStack plus(String name, Feature other) {
        return add("Add", name, List.of(here.value(), other.value()), here.shape(), Attributes.NONE);
    }

    /** More channels, of zeros: half of them before the others, half behind. */
    LayerStack zeroChannels(String name, int channels) {
        int missing = channels - here.channels();
        int before = missing / 2;
        graph.initializer(GraphTensor.of(
                name + ".pads", new long[] {8}, new long[] {0, before, 0, 0, 0, missing - before, 0, 0}));
        return add(
                "Pad",
                name,
                List.of(here.value(), name + ".pads"),
                List.of(channels, here.height(), here.width()),
                Attributes.NONE);
    }

    /** Nothing where the ratio is 0. */
    LayerStack dropout(String name, double ratio) {
        if (ratio == 0) {
            return this;
        }
        graph.initializer(GraphTensor.of(name + ".ratio", new long[0], new float[] {(float) ratio}));
        return add("Dropout", name, List.of(here.value(), name + ".ratio"), here.shape(), Attributes.NONE);
    }

    /** The last layer; its output is called {@code logits}. */
    ModelGraph logits(String name) {
        int inputs = here.elements();
        weights(name, inputs, spec.numClasses(), spec.numClasses(), inputs);
        constant(name + ".bias", 0, spec.numClasses());
        return graph.node("Gemm", name, weighted(name), List.of("logits"), Attributes.NONE.withInt("transB", 1))
                .output("logits", ElementType.FLOAT, -1, spec.numClasses())
                .build();
    }

    /** Ends where each channel is a class, C×1×1; the output is called {@code logits}. */
    ModelGraph channelsAsLogits() {
        return graph.node(
                        "Flatten",
                        "flatten",
                        List.of(here.value()),
                        List.of("logits"),
                        Attributes.NONE.withInt("axis", 1))
                .output("logits", ElementType.FLOAT, -1, spec.numClasses())
                .build();
    }

    /** Asks for a later set of ONNX's operators. */
    LayerStack opset(int version) {
        graph.opset(version);
        return this;
    }

    /** A whole-number initialiser. */
    LayerStack integers(String name, long... values) {
        graph.initializer(GraphTensor.of(name, new long[] {values.length}, values));
        return this;
    }

    /** An initialiser of one number. */
    LayerStack scalar(String name, float value) {
        graph.initializer(GraphTensor.of(name, new long[0], new float[] {value}));
        return this;
    }

    /** Any operator with one output. */
    LayerStack add(String operator, String name, List<String> inputs, List<Integer> shape, Attributes attributes) {
        graph.node(operator, name, inputs, List.of(name + ".out"), attributes);
        here = new Feature(name + ".out", shape);
        return this;
    }

    private List<String> weighted(String name) {
        return List.of(here.value(), name + ".weight", name + ".bias");
    }

    /** An initialiser that begins with the same number everywhere. */
    void constant(String name, float value, int size) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        graph.initializer(GraphTensor.of(name, new long[] {size}, values));
    }

    /** The initialiser {@code name.weight}, drawn at random. */
    void weights(String name, long fanIn, long fanOut, long... shape) {
        double size = LongStream.of(shape).asDoubleStream().reduce(1, (a, b) -> a * b);
        if (size > ZooSpec.MAX_ELEMENTS) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "layer " + name + ": weights of shape " + Arrays.toString(shape) + " (expected: at most "
                            + ZooSpec.MAX_ELEMENTS + " numbers)");
        }
        float[] values = new WeightRandom(spec.seed(), tensors++).weights((int) size, spec.drawnBy(), fanIn, fanOut);
        graph.initializer(GraphTensor.of(name + ".weight", shape, values));
    }
}
