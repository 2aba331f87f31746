package io.reflux.model.runtime;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import java.util.List;

/**
 * What a classifier takes and gives: samples, and as its first output logits, one row for a sample (batch×classes) or one
 * for each of its positions (batch×positions×classes), as a language model has them.
 *
 * @param input the samples
 * @param outputName name of the logits
 * @param positions rows of logits a sample has, &gt; 0; 1 for batch×classes
 * @param numClasses number of classes, &gt; 0
 */
public record ClassifierSignature(SampleInput input, String outputName, int positions, int numClasses) {

    static final String EXPECTED = "[batch, classes] or [batch, positions, classes]";

    /** Logits of a batch: rows x positions x classes. */
    public int logits(int rows) {
        return Math.multiplyExact(Math.multiplyExact(rows, positions), numClasses);
    }

    /** Shape of the logits of a batch. */
    public long[] logitsShape(int rows) {
        return positions == 1 ? new long[] {rows, numClasses} : new long[] {rows, positions, numClasses};
    }

    /** Whether values of this shape are logits, but for the batch all known. */
    static boolean isLogits(List<Long> shape) {
        return (shape.size() == 2 || shape.size() == 3)
                && shape.subList(1, shape.size()).stream().allMatch(dimension -> dimension >= 1);
    }

    /**
     * Reads the signature off a graph.
     *
     * @throws ModelException if the graph has unsupported operators or is no classifier of samples of one fixed shape
     */
    public static ClassifierSignature of(ModelGraph graph) {
        return of(GraphContext.of(graph));
    }

    /**
     * As {@link #of(ModelGraph)}, for a graph that is analysed already.
     *
     * @throws ModelException if the graph is no classifier of samples of one fixed shape
     */
    public static ClassifierSignature of(GraphContext context) {
        ModelGraph graph = context.graph();
        String output = graph.outputs().get(0).name();
        List<Long> shape = context.shapes().get(output);
        if (shape == null || !isLogits(shape)) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    graph.source() + ": output " + output + ": shape " + shape + " (expected: " + EXPECTED + ")");
        }
        int positions = shape.size() == 2 ? 1 : Math.toIntExact(shape.get(1));
        try {
            return new ClassifierSignature(
                    SampleInput.of(graph), output, positions, Math.toIntExact(shape.get(shape.size() - 1)));
        } catch (ModelException e) {
            throw e.in(graph.source());
        }
    }
}
