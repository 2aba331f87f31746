package io.reflux.model.summary;

import java.util.List;

/**
 * One node of a graph.
 *
 * @param outputShape shape of its first output; -1 = free
 * @param outputSizes the same, with names for what is free: B for the batch, else the input's own name of the dimension
 * @param parameters trained numbers, and the integers that stand for some, that this node is the first to read
 * @param parameterBytes bytes of those numbers, as stored
 * @param multiplyAccumulates multiplications with an addition for one sample, in matrix products and convolutions
 */
public record LayerSummary(
        String name,
        String operator,
        List<Long> outputShape,
        List<String> outputSizes,
        long parameters,
        long parameterBytes,
        long multiplyAccumulates) {

    public LayerSummary {
        outputShape = List.copyOf(outputShape);
        outputSizes = List.copyOf(outputSizes);
    }
}
