package io.reflux.model.runtime;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.ShapeInference;
import java.util.List;

/**
 * What a classifier takes and gives: one float input batch×sample, and logits batch×classes as its first output.
 *
 * @param inputName name of the input
 * @param sampleShape shape of one sample, without the batch
 * @param outputName name of the logits
 * @param numClasses number of classes, &gt; 0
 */
public record ClassifierSignature(String inputName, List<Long> sampleShape, String outputName, int numClasses) {

    public ClassifierSignature {
        sampleShape = List.copyOf(sampleShape);
    }

    /**
     * Reads the signature off a graph.
     *
     * @throws ModelException if the graph is not a classifier of samples of one known shape
     */
    public static ClassifierSignature of(ModelGraph graph) {
        if (graph.inputs().size() != 1) {
            throw mismatch(graph, graph.inputs().size() + " inputs (expected: 1)");
        }
        ValueInfo input = graph.inputs().get(0);
        List<Long> shape = input.shape();
        if (input.type() != ElementType.FLOAT || shape.size() < 2) {
            throw mismatch(
                    graph, "input " + input.name() + " is " + input.type() + shape + " (expected: FLOAT[batch, …])");
        }
        List<Long> sample = shape.subList(1, shape.size());
        if (sample.stream().anyMatch(dimension -> dimension <= 0)) {
            throw mismatch(graph, "input " + input.name() + " has sample shape " + sample + " (expected: fixed sizes)");
        }
        String output = graph.outputs().get(0).name();
        List<Long> outputShape = ShapeInference.infer(graph).get(output);
        if (outputShape == null || outputShape.size() != 2 || outputShape.get(1) <= 0) {
            throw mismatch(graph, "output " + output + " has shape " + outputShape + " (expected: [batch, classes])");
        }
        return new ClassifierSignature(input.name(), sample, output, Math.toIntExact(outputShape.get(1)));
    }

    /** Elements of one sample. */
    public int sampleElements() {
        return Math.toIntExact(sampleShape.stream().reduce(1L, Math::multiplyExact));
    }

    /** Shape of a batch of this many samples. */
    public long[] batchShape(int rows) {
        long[] shape = new long[sampleShape.size() + 1];
        shape[0] = rows;
        for (int i = 0; i < sampleShape.size(); i++) {
            shape[i + 1] = sampleShape.get(i);
        }
        return shape;
    }

    /**
     * Checks the length of a batch's inputs.
     *
     * @throws ModelException if it is not {@code rows} samples
     */
    public void requireInputs(float[] inputs, int rows) {
        if (rows < 0 || inputs.length != (long) rows * sampleElements()) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "inputs: " + inputs.length + " elements for " + rows + " samples (expected: " + sampleElements()
                            + " a sample, shape " + sampleShape + ")");
        }
    }

    private static ModelException mismatch(ModelGraph graph, String what) {
        return new ModelException(ModelException.Code.SHAPE_MISMATCH, "model " + graph.name() + ": " + what);
    }
}
