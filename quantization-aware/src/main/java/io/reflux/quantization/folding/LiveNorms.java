package io.reflux.quantization.folding;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.NamePatterns;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.quantization.placement.Layers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Batch normalisations that stay live while the layer before them trains behind its pair.
 *
 * <p>A weight w with a scale s for each output has the same integers before and after a normalisation is folded into it, with
 * f = |γ| / √(variance + epsilon) &gt; 0 of its output:
 *
 * <pre>
 * round((w · f) / (s · f)) · (s · f) = f · round(w / s) · s
 * </pre>
 *
 * <p>So training needs no folding at all, neither by the batch's statistics (Jacob et al. 2018, arXiv:1712.05877, sec. 3.2) nor
 * with corrections of those (Krishnamoorthi 2018, arXiv:1806.08342, sec. 3.2.2): the layer runs with its own weight behind its
 * pair, an ordinary BatchNormalization follows, and the gradients are as well conditioned as those of floats. When training
 * ends {@link PairedNormFolding} multiplies the scales; not one integer changes.
 *
 * <p>The identity needs f &gt; 0. Outputs whose γ is negative are mirrored, weight, bias, mean and γ, which changes nothing but
 * signs of zeros; and the normalisation reads |γ| from then on, so that training cannot make it negative again. That Abs is
 * also what tells a live normalisation.
 */
public final class LiveNorms {

    private static final int CONV_BIAS = 2;

    private LiveNorms() {}

    /**
     * The graph with each normalisation live that is the only reader of a Conv or Gemm with a constant weight, neither of
     * which share their constants with anything; all others stay as they are.
     */
    public static ModelGraph prepare(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        FreshNames names = FreshNames.of(graph);
        List<GraphNode> nodes = new ArrayList<>();
        Map<String, GraphTensor> mirrored = new LinkedHashMap<>();
        Set<String> parameters = new HashSet<>();
        for (GraphNode node : graph.nodes()) {
            GraphNode layer = links.producer(node.input(0)).orElse(null);
            if (layer == null || !canLive(graph, links, layer, node)) {
                nodes.add(node);
                continue;
            }
            mirror(graph, layer, node, mirrored);
            String magnitude = names.of(node.input(1) + "_magnitude");
            nodes.add(new GraphNode(
                    names.of(node.name() + "/Abs"),
                    "Abs",
                    "",
                    List.of(node.input(1)),
                    List.of(magnitude),
                    Attributes.NONE));
            List<String> inputs = new ArrayList<>(node.inputs());
            inputs.set(1, magnitude);
            nodes.add(new GraphNode(
                    node.name(), node.operator(), node.domain(), inputs, node.outputs(), node.attributes()));
            parameters.add(node.input(1));
        }
        if (parameters.isEmpty()) {
            return graph;
        }
        ModelGraph live = graph.toBuilder().replaceNodes(nodes).build().withInitializers(mirrored);
        return noted(live, parameters);
    }

    /** Whether a normalisation is one that {@link #prepare} made live. */
    static boolean isLive(ModelGraph graph, GraphLinks links, GraphNode norm) {
        return norm.operator().equals("BatchNormalization")
                && norm.domain().isEmpty()
                && links.producer(norm.input(1))
                        .filter(node -> node.operator().equals("Abs")
                                && graph.initializers().containsKey(node.input(0)))
                        .isPresent();
    }

    private static boolean canLive(ModelGraph graph, GraphLinks links, GraphNode layer, GraphNode norm) {
        boolean isNorm = norm.operator().equals("BatchNormalization")
                && norm.domain().isEmpty()
                && norm.attributes().getInt("training_mode", 0) == 0
                && IntStream.rangeClosed(1, 4).allMatch(i -> isOwn(graph, links, norm.input(i)));
        boolean isLayer = !layer.operator().equals("MatMul")
                && Layers.weight(graph, layer).isPresent()
                && isOwn(graph, links, layer.input(Layers.WEIGHT))
                && (!layer.hasInput(CONV_BIAS) || isBias(graph, links, layer));
        return isNorm
                && isLayer
                && links.readOnlyOnce(norm.input(0))
                && channels(graph, layer)
                        == graph.initializers().get(norm.input(1)).size();
    }

    private static boolean isBias(ModelGraph graph, GraphLinks links, GraphNode layer) {
        String bias = layer.input(CONV_BIAS);
        return isOwn(graph, links, bias)
                && Arrays.equals(graph.initializers().get(bias).shape(), new long[] {channels(graph, layer)});
    }

    private static long channels(ModelGraph graph, GraphNode layer) {
        return graph.initializers().get(layer.input(Layers.WEIGHT)).shape()[Layers.outputAxis(layer)];
    }

    /** Whether a value is a constant with one reader. */
    private static boolean isOwn(ModelGraph graph, GraphLinks links, String value) {
        return graph.initializers().containsKey(value) && links.readOnlyOnce(value);
    }

    /** Turns the outputs whose γ is negative. */
    private static void mirror(ModelGraph graph, GraphNode layer, GraphNode norm, Map<String, GraphTensor> mirrored) {
        float[] gamma = graph.initializers().get(norm.input(1)).floats();
        boolean[] negative = new boolean[gamma.length];
        boolean any = false;
        for (int c = 0; c < gamma.length; c++) {
            negative[c] = gamma[c] < 0;
            any |= negative[c];
        }
        if (!any) {
            return;
        }
        turn(graph, layer.input(Layers.WEIGHT), Layers.outputAxis(layer), negative, mirrored);
        if (layer.hasInput(CONV_BIAS)) {
            turn(graph, layer.input(CONV_BIAS), 0, negative, mirrored);
        }
        turn(graph, norm.input(1), 0, negative, mirrored);
        turn(graph, norm.input(3), 0, negative, mirrored);
    }

    private static void turn(
            ModelGraph graph, String name, int axis, boolean[] negative, Map<String, GraphTensor> mirrored) {
        GraphTensor tensor = graph.initializers().get(name);
        float[] values = tensor.floats();
        int inner = Arrays.stream(tensor.shape())
                .skip(axis + 1L)
                .mapToInt(Math::toIntExact)
                .reduce(1, (a, b) -> a * b);
        for (int i = 0; i < values.length; i++) {
            values[i] = negative[i / inner % negative.length] ? -values[i] : values[i];
        }
        mirrored.put(name, GraphTensor.of(name, tensor.shape(), values));
    }

    /** Notes that they train, unless the graph's user said that they shall not: behind an Abs no rule would tell. */
    private static ModelGraph noted(ModelGraph graph, Set<String> names) {
        RoleOverrides overrides = RoleOverrides.of(graph);
        Set<String> constants = new NamePatterns("constants", "an initialiser", overrides.constants())
                .select(graph.initializers().keySet());
        List<String> parameters = new ArrayList<>(overrides.parameters());
        names.stream()
                .sorted()
                .filter(name -> !parameters.contains(name) && !constants.contains(name))
                .forEach(parameters::add);
        return new RoleOverrides(parameters, overrides.constants()).note(graph);
    }
}
