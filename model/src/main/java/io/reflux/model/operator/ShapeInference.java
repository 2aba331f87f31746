package io.reflux.model.operator;

import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Map;

/** The shapes of a graph's values, for who needs nothing else of {@link GraphContext}. */
public final class ShapeInference {

    private ShapeInference() {}

    /**
     * The shape of every input, initialiser and node output by name; -1 = free.
     *
     * @throws io.reflux.model.graph.ModelException as {@link GraphContext#of}
     */
    public static Map<String, List<Long>> infer(ModelGraph graph) {
        return GraphContext.of(graph).shapes();
    }
}
