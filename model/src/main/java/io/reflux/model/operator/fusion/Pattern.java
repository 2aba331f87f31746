package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import java.util.Optional;

/** The shape of a chain. */
interface Pattern {

    /** The chain that ends with a node, if there is one. */
    Optional<Match> match(GraphNode last, Links links, NodeContext context);
}
