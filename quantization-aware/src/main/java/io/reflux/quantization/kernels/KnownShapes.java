package io.reflux.quantization.kernels;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.ShapeInference;
import java.util.List;
import java.util.Map;

/** Shapes of a graph's values, where they can be known. */
final class KnownShapes {

    private KnownShapes() {}

    /** The shapes by name, −1 for what is free; none where an operator has no rule: then nothing is rewritten for them. */
    static Map<String, List<Long>> of(ModelGraph graph) {
        try {
            return ShapeInference.infer(graph);
        } catch (ModelException e) {
            return Map.of();
        }
    }
}
