package io.reflux.quantization.rounding;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.QParams;
import java.util.List;
import java.util.Map;

/**
 * The weights whose rounding can be learned: those that one layer alone reads, but for signs, which have nothing to choose.
 *
 * @param graph in floats
 * @param qparams of all weights
 */
record RoundedWeights(ModelGraph graph, Map<QuantizedWeight, List<QParams>> qparams) {

    List<QuantizedWeight> learned() {
        GraphLinks links = GraphLinks.of(graph);
        return qparams.keySet().stream()
                .filter(weight -> weight.layers().size() == 1
                        && !weight.scheme().isBinary()
                        && links.readOnlyOnce(weight.tensor())
                        && qparams.get(weight).stream().allMatch(one -> one.zeroPoint() == 0))
                .toList();
    }

    /** The layer that reads a weight. */
    GraphNode layer(QuantizedWeight weight) {
        return named(graph, weight.layers().get(0));
    }

    SoftRounding rounding(QuantizedWeight weight) {
        return new SoftRounding(graph.initializers().get(weight.tensor()), weight.granularity(), qparams.get(weight));
    }

    static GraphNode named(ModelGraph graph, String name) {
        return graph.nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
