package io.reflux.model.operator.indexing;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.SymbolicInt;

/** Indices as libtorch takes them: of type int64, and counted from the front. */
final class Indices {

    private Indices() {}

    /**
     * The indices at an input, those below 0 raised by the size of an axis of the first input. Where all are known not
     * to be negative nothing is computed.
     */
    static String fromFront(GraphNode node, ScriptEmitter out, int input, int axis) {
        String indices = wide(node.input(input), out);
        boolean positive = out.integers(node.input(input))
                .map(known -> known.elements().stream().allMatch(SymbolicInt::isNotNegative))
                .orElse(false);
        if (positive) {
            return indices;
        }
        String size = out.integer(out.size(node.input(0), axis));
        return "torch.where(torch.lt(" + indices + ", 0), torch.add(" + indices + ", " + size + "), " + indices + ")";
    }

    /** The value as int64. */
    static String wide(String value, ScriptEmitter out) {
        String indices = out.value(value);
        return out.type(value) == ElementType.INT64 ? indices : "torch.to(" + indices + ", 4)";
    }
}
