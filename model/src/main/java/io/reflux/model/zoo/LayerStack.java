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

/** Layers one after the other: each takes the value that the one before it made. Weights come in the order of calls. */
final class LayerStack {

    private final ZooSpec spec;
    private final ModelGraphBuilder graph;
    private String value = "input";
    private int tensors;

    LayerStack(ZooSpec spec) {
        this.spec = spec;
        long[] shape = LongStream.concat(
                        LongStream.of(-1), spec.inputShape().stream().mapToLong(Integer::longValue))
                .toArray();
        this.graph = ModelGraph.builder(spec.name())
                .input(value, ElementType.FLOAT, shape)
                .metadata("reflux.classes", Integer.toString(spec.numClasses()));
    }

    /** A valid convolution of stride 1 with a square kernel: C×H×W to filters×(H−kernel+1)×(W−kernel+1). */
    LayerStack convolution(String name, int channels, int filters, int kernel) {
        weights(
                name,
                filters,
                (long) channels * kernel * kernel,
                (long) filters * kernel * kernel,
                filters,
                channels,
                kernel,
                kernel);
        return add("Conv", name, weighted(name), Attributes.NONE.withInts("kernel_shape", kernel, kernel));
    }

    /** The largest of each 2×2 square. */
    LayerStack maxPool(String name) {
        return add(
                "MaxPool",
                name,
                List.of(value),
                Attributes.NONE.withInts("kernel_shape", 2, 2).withInts("strides", 2, 2));
    }

    LayerStack flatten() {
        return add("Flatten", "flatten", List.of(value), Attributes.NONE.withInt("axis", 1));
    }

    LayerStack linear(String name, int inputs, int outputs) {
        weights(name, outputs, inputs, outputs, outputs, inputs);
        return add("Gemm", name, weighted(name), Attributes.NONE.withInt("transB", 1));
    }

    LayerStack relu(String name) {
        return add("Relu", name, List.of(value), Attributes.NONE);
    }

    /** Nothing where the ratio is 0. */
    LayerStack dropout(String name, double ratio) {
        if (ratio == 0) {
            return this;
        }
        graph.initializer(GraphTensor.of(name + ".ratio", new long[0], new float[] {(float) ratio}));
        return add("Dropout", name, List.of(value, name + ".ratio"), Attributes.NONE);
    }

    /** The last layer; its output is called {@code logits}. */
    ModelGraph logits(String name, int inputs) {
        weights(name, spec.numClasses(), inputs, spec.numClasses(), spec.numClasses(), inputs);
        return graph.node("Gemm", name, weighted(name), List.of("logits"), Attributes.NONE.withInt("transB", 1))
                .output("logits", ElementType.FLOAT, -1, spec.numClasses())
                .build();
    }

    private LayerStack add(String operator, String name, List<String> inputs, Attributes attributes) {
        graph.node(operator, name, inputs, List.of(name + ".out"), attributes);
        value = name + ".out";
        return this;
    }

    private List<String> weighted(String name) {
        return List.of(value, name + ".weight", name + ".bias");
    }

    private void weights(String name, int biases, long fanIn, long fanOut, long... shape) {
        double size = LongStream.of(shape).asDoubleStream().reduce(1, (a, b) -> a * b);
        if (size > ZooSpec.MAX_ELEMENTS) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "layer " + name + ": weights of shape " + Arrays.toString(shape) + " (expected: at most "
                            + ZooSpec.MAX_ELEMENTS + " numbers)");
        }
        int count = (int) size;
        float[] values = new WeightRandom(spec.seed(), tensors++).weights(count, spec.initialization(), fanIn, fanOut);
        graph.initializer(GraphTensor.of(name + ".weight", shape, values));
        graph.initializer(GraphTensor.of(name + ".bias", new long[] {biases}, new float[biases]));
    }
}
