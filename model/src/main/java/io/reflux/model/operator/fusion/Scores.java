package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a chain of attention puts into its softmax: scale · Q · K′, plus masks.
 *
 * @param q name of the queries
 * @param transposedK name of the keys, transposed
 * @param nodes the nodes of the chain
 */
record Scores(String q, String transposedK, double scale, List<Mask> masks, List<GraphNode> nodes) {

    /** What a mask does. */
    enum Kind {
        /** It is added. */
        ADDED,
        /** Where it is true, the scores stay; else they are {@code fill}. */
        KEPT,
        /** Where it is true, the scores are {@code fill}. */
        DROPPED
    }

    /** One mask and, for one of booleans, the number that stands for what is not seen. */
    record Mask(String name, Kind kind, float fill) {}

    Scores {
        masks = List.copyOf(masks);
        nodes = List.copyOf(nodes);
    }

    Scores scaled(double factor, GraphNode by) {
        return new Scores(q, transposedK, scale * factor, masks, with(nodes, by));
    }

    Scores masked(Mask mask, GraphNode by) {
        return new Scores(q, transposedK, scale, with(masks, mask), with(nodes, by));
    }

    private static <T> List<T> with(List<T> list, T last) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }
}
