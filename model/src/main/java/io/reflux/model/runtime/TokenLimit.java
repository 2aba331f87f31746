package io.reflux.model.runtime;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.GraphContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many tokens a graph knows: the rows of the smallest table that is looked up by its input. An id beyond them fails the
 * whole batch on the CPU, and on a GPU the process.
 */
final class TokenLimit {

    /** Operators that hand ids on as they are. */
    private static final Set<String> PASSING =
            Set.of("Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose");

    private TokenLimit() {}

    /** Ids must be below it; 0 if the input is not of ids, or nothing of known size is looked up by it. */
    static long of(GraphContext context, SampleInput input) {
        if (input.type() != ElementType.INT64) {
            return 0;
        }
        Set<String> ids = new HashSet<>(Set.of(input.name()));
        long limit = Long.MAX_VALUE;
        for (GraphNode node : context.graph().nodes()) {
            if (PASSING.contains(node.operator()) && ids.contains(node.input(0))) {
                ids.addAll(node.outputs());
            } else if (node.operator().equals("Gather") && ids.contains(node.input(1))) {
                limit = Math.min(limit, rows(context, node));
            }
        }
        return limit == Long.MAX_VALUE ? 0 : limit;
    }

    private static long rows(GraphContext context, GraphNode node) {
        List<Long> table = context.shapes().get(node.input(0));
        long axis = node.attributes().getInt("axis", 0);
        boolean known = table != null && axis >= 0 && axis < table.size() && table.get((int) axis) > 0;
        return known ? table.get((int) axis) : Long.MAX_VALUE;
    }
}
