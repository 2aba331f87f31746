package io.reflux.quantization.qat;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.RoleOverrides;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Scales as parameters: learned step size quantisation (LSQ; Esser et al. 2020, arXiv:1902.08153). The graph notes which
 * they are, so that every further stage of training goes on with them until they are fixed.
 */
public final class TrainedScales {

    private TrainedScales() {}

    /**
     * The graph whose pairs' scales train, all but those of weights that are integers already, and of what is fed in in 8 bits:
     * its range is that of the data, and no layer moves it.
     */
    public static ModelGraph learn(ModelGraph graph) {
        Set<String> scales = scales(graph);
        scales.removeAll(scalesOfInputs(graph));
        RoleOverrides noted = RoleOverrides.of(graph);
        List<String> parameters = new ArrayList<>(noted.parameters());
        scales.stream().filter(scale -> !parameters.contains(scale)).forEach(parameters::add);
        return new RoleOverrides(parameters, noted.constants()).note(graph);
    }

    /** The graph whose scales stay as they are. */
    public static ModelGraph fix(ModelGraph graph) {
        Set<String> scales = scales(graph);
        RoleOverrides noted = RoleOverrides.of(graph);
        return new RoleOverrides(
                        noted.parameters().stream()
                                .filter(name -> !scales.contains(name))
                                .toList(),
                        noted.constants())
                .note(withLeastScales(graph, scales));
    }

    /** Training steps may go beyond 0; the forward pass took such a scale for its magnitude. */
    private static ModelGraph withLeastScales(ModelGraph graph, Set<String> scales) {
        Map<String, GraphTensor> clamped = new LinkedHashMap<>();
        for (String scale : scales) {
            GraphTensor tensor = graph.initializers().get(scale);
            float[] values = tensor.floats();
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(Math.abs(values[i]), 0x1p-60f);
            }
            clamped.put(scale, GraphTensor.of(scale, tensor.shape(), values));
        }
        return graph.withInitializers(clamped);
    }

    /** The scales that integers are multiplied by: those of signs are divided by another. */
    private static Set<String> scales(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        return graph.nodes().stream()
                .filter(node -> node.operator().equals("DequantizeLinear") && isTrained(links, node))
                .map((GraphNode node) -> node.input(1))
                .filter(graph.initializers()::containsKey)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> scalesOfInputs(ModelGraph graph) {
        Set<String> inputs = graph.inputs().stream().map(ValueInfo::name).collect(Collectors.toSet());
        Set<String> unbounded = graph.nodes().stream()
                .filter(node -> node.operator().equals("QuantizeLinear") && inputs.contains(node.input(0)))
                .map((GraphNode node) -> node.output(0))
                .collect(Collectors.toSet());
        return graph.nodes().stream()
                .filter(node -> node.operator().equals("DequantizeLinear") && unbounded.contains(node.input(0)))
                .map((GraphNode node) -> node.input(1))
                .collect(Collectors.toSet());
    }

    private static boolean isTrained(GraphLinks links, GraphNode dequantize) {
        GraphNode before = links.producer(dequantize.input(0)).orElse(null);
        if (before != null && before.operator().equals("Clip")) {
            before = links.producer(before.input(0)).orElse(null);
        }
        return before != null && before.operator().equals("QuantizeLinear");
    }
}
