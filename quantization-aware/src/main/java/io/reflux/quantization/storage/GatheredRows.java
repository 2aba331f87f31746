package io.reflux.quantization.storage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gathers rows of integers and makes floats of these alone, in the place of making floats of a whole table in each call to
 * gather from: row · its scale, the same product bit for bit.
 */
final class GatheredRows {

    private final ModelGraph graph;
    private final GraphLinks links;
    private final FreshNames names;
    private final ModelGraphBuilder builder;
    private final List<GraphNode> nodes = new ArrayList<>();
    private String axes = "";

    private GatheredRows(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.names = FreshNames.of(graph);
        this.builder = graph.toBuilder();
    }

    /** The graph with rows gathered first; the same graph where it gathers from no stored table. */
    static ModelGraph of(ModelGraph graph) {
        return new GatheredRows(graph).gathered();
    }

    private ModelGraph gathered() {
        for (GraphNode node : graph.nodes()) {
            if (isStored(node)) {
                gather(node);
            } else {
                nodes.add(node);
            }
        }
        if (axes.isEmpty()) {
            return graph;
        }
        Set<String> read = new HashSet<>();
        nodes.forEach(node -> read.addAll(node.inputs()));
        Set<String> unread = new HashSet<>();
        nodes.removeIf(node -> {
            boolean idle = node.operator().equals("DequantizeLinear")
                    && !read.contains(node.output(0))
                    && !links.isOutput(node.output(0));
            if (idle) {
                unread.addAll(node.inputs());
            }
            return idle;
        });
        nodes.forEach(node -> unread.removeAll(node.inputs()));
        unread.stream()
                .filter(name -> graph.initializers().containsKey(name) && !links.isOutput(name))
                .forEach(builder::removeInitializer);
        return builder.replaceNodes(nodes).build();
    }

    private boolean isStored(GraphNode node) {
        return node.operator().equals("Gather")
                && node.domain().isEmpty()
                && node.attributes().getInt("axis", 0) == 0
                && links.producer(node.input(0)).filter(this::isTable).isPresent();
    }

    /** A matrix of integers without zero points, with a scale for each row. */
    private boolean isTable(GraphNode dequantize) {
        GraphTensor table = graph.initializers().get(dequantize.input(0));
        GraphTensor scale = graph.initializers().get(dequantize.input(1));
        return dequantize.operator().equals("DequantizeLinear")
                && table != null
                && scale != null
                && table.shape().length == 2
                && scale.shape().length == 1
                && Math.floorMod(dequantize.attributes().getInt("axis", 1), 2) == 0
                && dequantize.attributes().getInt("block_size", 0) == 0
                && (!dequantize.hasInput(2)
                        || graph.constant(dequantize.input(2))
                                .filter(zeros -> Arrays.stream(zeros.longs()).allMatch(zero -> zero == 0))
                                .isPresent());
    }

    private void gather(GraphNode gather) {
        GraphNode dequantize = links.producer(gather.input(0)).orElseThrow();
        if (axes.isEmpty()) {
            axes = names.numbered("u");
            builder.initializer(GraphTensor.of(axes, new long[] {1}, new long[] {-1}));
        }
        String indices = gather.input(1);
        String rows = add(gather.name(), "Gather", List.of(dequantize.input(0), indices), gather.attributes());
        String floats = add("", "Cast", List.of(rows), Attributes.NONE.withInt("to", ElementType.FLOAT.onnxCode()));
        String scales = add("", "Gather", List.of(dequantize.input(1), indices), gather.attributes());
        String columns = add("", "Unsqueeze", List.of(scales, axes), Attributes.NONE);
        nodes.add(new GraphNode(
                names.numbered("u"), "Mul", "", List.of(floats, columns), gather.outputs(), Attributes.NONE));
    }

    private String add(String name, String operator, List<String> inputs, Attributes attributes) {
        String output = names.numbered("u");
        nodes.add(new GraphNode(name.isEmpty() ? output : name, operator, "", inputs, List.of(output), attributes));
        return output;
    }
}
