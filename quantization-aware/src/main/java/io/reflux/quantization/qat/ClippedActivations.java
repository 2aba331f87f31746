package io.reflux.quantization.qat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.RoleOverrides;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Activations clipped at a bound that trains, PACT (Choi et al. 2018, arXiv:1805.06085): y = quantise(clip(x, 0, α)) with the
 * scale α / quantMax. The gradient of α is 1 for what lies above it and 0 for all else (eq. 3); quantising passes the gradient
 * straight through. In the graph:
 *
 * <pre>
 * α 1×1 → Abs → Squeeze → bound;   x → Clip(0, bound) → QuantizeLinear(bound / quantMax) → DequantizeLinear
 * </pre>
 *
 * <p>α is a matrix of one number so that weight decay acts on it, which is the regulariser of the paper (sec. 3: the L2 norm of
 * α with the coefficient of the weights).
 */
public final class ClippedActivations {

    private static final String MARK = "_clip";

    private static final float LEAST_SCALE = 0x1p-60f;

    private ClippedActivations() {}

    /** The graph whose unsigned activations with zero point 0 are clipped at bounds that train; they begin where they are. */
    public static ModelGraph clip(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        FreshNames names = FreshNames.of(graph);
        ModelGraphBuilder builder = graph.toBuilder();
        List<GraphNode> nodes = new ArrayList<>();
        Map<String, String> scales = new HashMap<>();
        List<String> bounds = new ArrayList<>();
        for (GraphNode node : graph.nodes()) {
            if (!isClippable(graph, links, node)) {
                String scale = scales.get(node.input(1));
                nodes.add(scale == null ? node : with(node, 1, scale));
                continue;
            }
            String value = node.input(0);
            String alpha = names.of(value + MARK);
            float most = most(graph, links, node);
            float[] bound = {graph.initializers().get(node.input(1)).floats()[0] * most};
            builder.initializer(GraphTensor.of(alpha, new long[] {1, 1}, bound));
            bounds.add(alpha);
            String magnitude = names.of(alpha + "_magnitude");
            String scalar = names.of(alpha + "_bound");
            String scale = names.of(alpha + "_scale");
            String clipped = names.of(value + "_clipped");
            String levels = names.of(alpha + "_levels");
            String zero = names.of(alpha + "_zero");
            builder.initializer(GraphTensor.of(levels, new long[0], new float[] {most}));
            builder.initializer(GraphTensor.of(zero, new long[0], new float[] {0}));
            nodes.add(node(names, "Abs", List.of(alpha), magnitude));
            nodes.add(node(names, "Squeeze", List.of(magnitude), scalar));
            nodes.add(node(names, "Div", List.of(scalar, levels), scale));
            nodes.add(node(names, "Clip", List.of(value, zero, scalar), clipped));
            scales.put(node.input(1), scale);
            nodes.add(with(with(node, 0, clipped), 1, scale));
        }
        scales.keySet().forEach(builder::removeInitializer);
        if (scales.isEmpty()) {
            return graph;
        }
        ModelGraph clipped = RoleOverrides.pruned(builder.replaceNodes(nodes).build());
        RoleOverrides noted = RoleOverrides.of(clipped);
        bounds.addAll(0, noted.parameters());
        return new RoleOverrides(bounds, noted.constants()).note(clipped);
    }

    /** The graph with the bounds it has now as scales that are fixed: saturation clips what the Clip did. */
    public static ModelGraph fix(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        ModelGraphBuilder builder = graph.toBuilder();
        List<GraphNode> nodes = new ArrayList<>();
        Set<String> gone = new HashSet<>();
        for (GraphNode node : graph.nodes()) {
            GraphNode ratio = links.producer(node.input(1)).orElse(null);
            if (node.operator().equals("QuantizeLinear")
                    && ratio != null
                    && ratio.operator().equals("Div")) {
                GraphNode squeeze = links.producer(ratio.input(0)).orElseThrow();
                GraphNode magnitude = links.producer(squeeze.input(0)).orElseThrow();
                GraphNode clip = links.producer(node.input(0)).orElseThrow();
                float bound =
                        Math.abs(graph.initializers().get(magnitude.input(0)).floats()[0]);
                float levels = graph.initializers().get(ratio.input(1)).floats()[0];
                float[] scale = {Math.max(LEAST_SCALE, bound / levels)};
                gone.addAll(List.of(magnitude.name(), squeeze.name(), ratio.name(), clip.name()));
                gone.addAll(List.of(magnitude.input(0), ratio.input(1), clip.input(1)));
                builder.initializer(GraphTensor.of(ratio.output(0), new long[0], scale));
                nodes.add(with(node, 0, clip.input(0)));
            } else {
                nodes.add(node);
            }
        }
        if (gone.isEmpty()) {
            return graph;
        }
        nodes.removeIf(node -> gone.contains(node.name()));
        gone.stream().filter(graph.initializers()::containsKey).forEach(builder::removeInitializer);
        return RoleOverrides.pruned(builder.replaceNodes(nodes).build());
    }

    /** An activation that alone has its scale, of integers from 0. */
    private static boolean isClippable(ModelGraph graph, GraphLinks links, GraphNode node) {
        boolean quantizes = node.operator().equals("QuantizeLinear")
                && !graph.initializers().containsKey(node.input(0))
                && graph.initializers().containsKey(node.input(1))
                && graph.initializers().containsKey(node.input(2));
        if (!quantizes) {
            return false;
        }
        GraphTensor zeroPoint = graph.initializers().get(node.input(2));
        long quantizers = links.readers(node.input(1)).stream()
                .filter(reader -> reader.operator().equals("QuantizeLinear"))
                .count();
        return quantizers == 1
                && graph.initializers().get(node.input(1)).size() == 1
                && zeroPoint.type().least() == 0
                && Arrays.stream(zeroPoint.longs()).allMatch(zero -> zero == 0);
    }

    private static float most(ModelGraph graph, GraphLinks links, GraphNode quantize) {
        return links.readers(quantize.output(0)).stream()
                .filter(reader -> reader.operator().equals("Clip"))
                .findFirst()
                .map(clip -> graph.constant(clip.input(2)).orElseThrow().longs()[0])
                .orElseGet(
                        () -> graph.initializers().get(quantize.input(2)).type().most())
                .floatValue();
    }

    private static GraphNode node(FreshNames names, String operator, List<String> inputs, String output) {
        return new GraphNode(names.of(output + "/" + operator), operator, "", inputs, List.of(output), Attributes.NONE);
    }

    private static GraphNode with(GraphNode node, int input, String value) {
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(input, value);
        return new GraphNode(node.name(), node.operator(), node.domain(), inputs, node.outputs(), node.attributes());
    }
}
