package io.reflux.model.zoo;

import io.reflux.model.graph.ModelException;
import java.util.List;

/**
 * Which model to build.
 *
 * @param name one of {@link Zoo#names}
 * @param inputShape shape of one sample, channels × height × width; dimensions at least 1
 * @param numClasses number of logits, at least 2
 * @param hidden widths of the hidden layers of {@code mlp}, each at least 1; empty for other models
 * @param inputDropout share of inputs dropped in training, in [0, 1); 0 for models other than {@code mlp}
 * @param hiddenDropout share of each hidden layer dropped in training, in [0, 1); 0 for models other than {@code mlp}
 * @param initialization how weights are drawn
 * @param seed equal seeds give bit-identical weights on every machine
 */
public record ZooSpec(
        String name,
        List<Integer> inputShape,
        int numClasses,
        List<Integer> hidden,
        double inputDropout,
        double hiddenDropout,
        Initialization initialization,
        long seed) {

    /** Most numbers in a sample or a weight tensor (1 GiB of floats): keeps products of shapes inside 32 bits. */
    static final long MAX_ELEMENTS = 1L << 28;

    public ZooSpec {
        inputShape = List.copyOf(inputShape);
        hidden = List.copyOf(hidden);
        Zoo.requireKnown(name);
        require(
                inputShape.stream().allMatch(dimension -> dimension >= 1) && elements(inputShape) <= MAX_ELEMENTS,
                "inputShape",
                inputShape,
                "dimensions >= 1 and at most " + MAX_ELEMENTS + " elements");
        require(!inputShape.isEmpty(), "inputShape", inputShape, "channels, height, width");
        require(numClasses >= 2, "numClasses", numClasses, ">= 2");
        require(hidden.stream().allMatch(width -> width >= 1), "hidden", hidden, "widths >= 1");
        require(inputDropout >= 0 && inputDropout < 1, "inputDropout", inputDropout, ">= 0 and < 1");
        require(hiddenDropout >= 0 && hiddenDropout < 1, "hiddenDropout", hiddenDropout, ">= 0 and < 1");
        if (!name.equals(Zoo.MLP)) {
            require(hidden.isEmpty(), "hidden", hidden, "none for " + name + ", whose widths are fixed");
            require(inputDropout == 0, "inputDropout", inputDropout, "0 for " + name);
            require(hiddenDropout == 0, "hiddenDropout", hiddenDropout, "0 for " + name);
        }
    }

    /** The named model for 1×28×28 samples of 10 classes, without hidden layers or dropout, He-normal weights, seed 1. */
    public static ZooSpec of(String name) {
        return new ZooSpec(name, List.of(1, 28, 28), 10, List.of(), 0, 0, Initialization.HE_NORMAL, 1);
    }

    public ZooSpec withInputShape(List<Integer> newInputShape) {
        return new ZooSpec(name, newInputShape, numClasses, hidden, inputDropout, hiddenDropout, initialization, seed);
    }

    public ZooSpec withNumClasses(int newNumClasses) {
        return new ZooSpec(name, inputShape, newNumClasses, hidden, inputDropout, hiddenDropout, initialization, seed);
    }

    public ZooSpec withHidden(Integer... widths) {
        return new ZooSpec(
                name, inputShape, numClasses, List.of(widths), inputDropout, hiddenDropout, initialization, seed);
    }

    public ZooSpec withDropout(double newInputDropout, double newHiddenDropout) {
        return new ZooSpec(
                name, inputShape, numClasses, hidden, newInputDropout, newHiddenDropout, initialization, seed);
    }

    public ZooSpec withInitialization(Initialization newInitialization) {
        return new ZooSpec(name, inputShape, numClasses, hidden, inputDropout, hiddenDropout, newInitialization, seed);
    }

    public ZooSpec withSeed(long newSeed) {
        return new ZooSpec(name, inputShape, numClasses, hidden, inputDropout, hiddenDropout, initialization, newSeed);
    }

    private static double elements(List<Integer> shape) {
        return shape.stream().mapToDouble(Integer::doubleValue).reduce(1, (a, b) -> a * b);
    }

    private static void require(boolean holds, String setting, Object value, String expected) {
        if (!holds) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, setting + ": " + value + " (expected: " + expected + ")");
        }
    }
}
