package io.reflux.model.runtime;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.ShapeInference;
import java.util.List;

/**
 * What a classifier takes and gives: samples, and logits batch×classes as its first output.
 *
 * @param input the samples
 * @param outputName name of the logits
 * @param numClasses number of classes, &gt; 0
 */
public record ClassifierSignature(SampleInput input, String outputName, int numClasses) {

    /**
     * Reads the signature off a graph.
     *
     * @throws ModelException if the graph has unsupported operators or is no classifier of samples of one fixed shape
     */
    public static ClassifierSignature of(ModelGraph graph) {
        String output = graph.outputs().get(0).name();
        List<Long> shape = ShapeInference.infer(graph).get(output);
        if (shape == null || shape.size() != 2 || shape.get(1) < 1) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    graph.source() + ": output " + output + ": shape " + shape + " (expected: [batch, classes])");
        }
        try {
            return new ClassifierSignature(SampleInput.of(graph), output, Math.toIntExact(shape.get(1)));
        } catch (ModelException e) {
            throw e.in(graph.source());
        }
    }
}
