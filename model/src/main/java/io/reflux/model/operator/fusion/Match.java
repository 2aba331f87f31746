package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import java.util.List;

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
}
