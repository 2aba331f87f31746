package io.reflux.model.graph;

import java.util.HashSet;
import java.util.Set;

/** Names for new values and nodes that nothing in a graph has yet. */
public final class FreshNames {

    private final Set<String> taken = new HashSet<>();

    private FreshNames() {}

    /** Beside those of a graph. */
    public static FreshNames of(ModelGraph graph) {
        FreshNames names = new FreshNames();
        names.taken.addAll(graph.initializers().keySet());
        graph.inputs().forEach(input -> names.taken.add(input.name()));
        for (GraphNode node : graph.nodes()) {
            names.taken.add(node.name());
            names.taken.addAll(node.inputs());
            names.taken.addAll(node.outputs());
        }
        return names;
    }

    /** The wanted name, or with a number behind it where that is taken. */
    public String of(String wanted) {
        String name = wanted;
        for (int i = 2; !taken.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }
}
