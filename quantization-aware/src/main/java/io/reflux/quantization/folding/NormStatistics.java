package io.reflux.quantization.folding;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.RoleOverrides;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether batch normalisations train with the batch's statistics, or with their running ones as evaluation does (Krishnamoorthi
 * 2018, arXiv:1806.08342, sec. 3.2.2: frozen for the last steps, training sees no more noise than what ships). The graph
 * notes it, so that it holds for all stages until it is changed.
 */
public final class NormStatistics {

    private NormStatistics() {}

    /** The graph whose running statistics stay as they are; scales and shifts train on. */
    public static ModelGraph freeze(ModelGraph graph) {
        Set<String> constants = new LinkedHashSet<>(RoleOverrides.of(graph).constants());
        constants.addAll(statistics(graph));
        return new RoleOverrides(RoleOverrides.of(graph).parameters(), List.copyOf(constants)).note(graph);
    }

    /** The graph whose normalisations use the batch's statistics, and move the running ones. */
    public static ModelGraph thaw(ModelGraph graph) {
        Set<String> statistics = statistics(graph);
        List<String> constants = new ArrayList<>(RoleOverrides.of(graph).constants());
        return constants.removeIf(statistics::contains)
                ? new RoleOverrides(RoleOverrides.of(graph).parameters(), constants).note(graph)
                : graph;
    }

    private static Set<String> statistics(ModelGraph graph) {
        Set<String> names = new LinkedHashSet<>();
        graph.nodes().stream()
                .filter(node -> node.operator().equals("BatchNormalization"))
                .flatMap(node -> node.inputs().stream().skip(3))
                .filter(graph.initializers()::containsKey)
                .forEach(names::add);
        return names;
    }
}
