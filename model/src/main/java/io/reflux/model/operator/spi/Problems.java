package io.reflux.model.operator.spi;

import io.reflux.model.graph.GraphNode;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one node. */
public final class Problems {

    private final GraphNode node;
    private final List<String> found = new ArrayList<>();

    public Problems(GraphNode node, int leastInputs, int mostInputs) {
        this.node = node;
        long given = node.inputs().size();
        for (int i = 0; i < leastInputs; i++) {
            if (!node.hasInput(i)) {
                found.add("input " + i + ": absent (expected: " + leastInputs + " inputs)");
            }
        }
        if (given > mostInputs) {
            found.add("inputs: " + given + " (expected: at most " + mostInputs + ")");
        }
        if (node.output(0).isEmpty()) {
            found.add("output 0: absent (expected: a name)");
        }
    }

    /** One output only: the others (indices, masks, statistics) do not exist in this library. */
    public Problems oneOutput() {
        for (int i = 1; i < node.outputs().size(); i++) {
            expect(node.output(i).isEmpty(), "output " + i, node.output(i), "absent");
        }
        return this;
    }

    public Problems expect(boolean holds, String what, Object found, String expected) {
        if (!holds) {
            this.found.add(what + ": " + found + " (expected: " + expected + ")");
        }
        return this;
    }

    public Problems finite(String attribute, float value) {
        return expect(Float.isFinite(value), attribute, value, "finite");
    }

    public List<String> list() {
        return List.copyOf(found);
    }
}
