package io.reflux.model.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Names for new values and nodes that nothing in a graph has yet. */
public final class FreshNames {

    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> counts = new HashMap<>();

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

    /** The first of p1, p2, … that nothing has yet, for a prefix p. */
    public String numbered(String prefix) {
        String name;
        do {
            name = prefix + counts.merge(prefix, 1, Integer::sum);
        } while (!taken.add(name));
        return name;
    }

    /** The wanted name, or with a number behind it where that is taken. */
    public String of(String wanted) {
        String name = wanted;
        for (int i = 2; !taken.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** A bias's name beside that of its weight: {@code conv.bias} for {@code conv.weight}, {@code w_bias} for {@code w}. */
    public String ofBias(String weight) {
        String suffix = ".weight";
        return of(
                weight.endsWith(suffix)
                        ? weight.substring(0, weight.length() - suffix.length()) + ".bias"
                        : weight + "_bias");
    }
}
