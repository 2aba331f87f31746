package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A chain that was found.
 *
 * @param replacement what runs in the place of the chain's last node
 * @param covered the nodes before the last; each runs no more unless something else reads it
 */
record Match(GraphNode replacement, List<GraphNode> covered) {

    Match {
        covered = List.copyOf(covered);
    }

    /**
     * Whether no size of the values inside the chain is asked for outside of it, where they are no more.
     *
     * @param measured the values whose sizes stand in expressions, each with the values that these describe
     */
    boolean hides(Map<String, Set<String>> measured) {
        Set<String> inside =
                covered.stream().flatMap(node -> node.outputs().stream()).collect(Collectors.toSet());
        return inside.stream().allMatch(value -> inside.containsAll(measured.getOrDefault(value, Set.of())));
    }
}
