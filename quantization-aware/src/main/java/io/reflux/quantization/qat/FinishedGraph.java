package io.reflux.quantization.qat;

import io.reflux.model.frozen.NormFolding;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.folding.PairedNormFolding;
import io.reflux.quantization.rewrite.BiasRounding;
import io.reflux.quantization.rewrite.GemmBiases;
import io.reflux.quantization.rewrite.WeightStorage;

/**
 * A trained graph as it leaves.
 *
 * @param trained with weights as floats; scales are fixed, normalisations folded, and biases those that engines add
 * @param stored the same with weights as integers; it computes the same
 */
public record FinishedGraph(ModelGraph trained, ModelGraph stored) {

    /** Finishes a graph; one without pairs stays as it is. */
    public static FinishedGraph of(ModelGraph graph) {
        if (!isQuantized(graph)) {
            return new FinishedGraph(graph, graph);
        }
        ModelGraph folded = NormFolding.fold(PairedNormFolding.fold(TrainedScales.fix(ClippedActivations.fix(graph))));
        ModelGraph trained = BiasRounding.round(GemmBiases.split(folded));
        return new FinishedGraph(trained, WeightStorage.store(trained));
    }

    /** Whether a graph has pairs. */
    public static boolean isQuantized(ModelGraph graph) {
        return graph.nodes().stream().anyMatch(node -> node.operator().equals("DequantizeLinear"));
    }
}
