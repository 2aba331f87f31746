package io.reflux.quantization.rewrite;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.QuantizedTensor;
import io.reflux.quantization.qparams.Scheme;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Puts pairs behind tables: matrices that a Gather reads rows of, as embeddings of tokens are, or that an Add adds whole, as
 * embeddings of positions are. They have 8 bits and a scale for each row. Where a layer has the same matrix as its weight, with
 * a scale for each row, table and layer read one pair.
 */
public final class TableInsertion {

    /** Below, names and nodes take more than they save. */
    private static final int LEAST_ELEMENTS = 1024;

    private static final Granularity ROWS = new Granularity.PerAxis(0);

    private final ModelGraph graph;
    private final GraphLinks links;
    private final ModelGraphBuilder builder;
    private final FreshNames names;
    private final List<GraphNode> added = new ArrayList<>();
    /** What readers of a table read in its place. */
    private final Map<String, String> pairs = new HashMap<>();

    private TableInsertion(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.builder = graph.toBuilder();
        this.names = FreshNames.of(graph);
    }

    /** Names of the nodes that read tables of floats. */
    public static List<String> readers(ModelGraph graph) {
        return graph.nodes().stream()
                .filter(node -> table(graph, node).isPresent())
                .map(GraphNode::name)
                .toList();
    }

    /**
     * The graph with pairs behind its tables; the same graph where it has none.
     *
     * @param kept names of nodes whose tables stay floats
     */
    public static ModelGraph insert(ModelGraph graph, Set<String> kept) {
        return new TableInsertion(graph).insert(kept);
    }

    private static OptionalInt table(ModelGraph graph, GraphNode node) {
        boolean gathers = node.operator().equals("Gather") && node.attributes().getInt("axis", 0) == 0;
        if (!node.domain().isEmpty() || !gathers && !node.operator().equals("Add")) {
            return OptionalInt.empty();
        }
        for (int i = 0; i < (gathers ? 1 : 2); i++) {
            GraphTensor tensor = graph.initializers().get(node.input(i));
            if (tensor != null
                    && tensor.type() == ElementType.FLOAT
                    && tensor.shape().length == 2
                    && tensor.size() >= LEAST_ELEMENTS
                    && (gathers || isFinite(tensor))) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** What is added and is infinite somewhere is a mask. */
    private static boolean isFinite(GraphTensor tensor) {
        for (float value : tensor.floats()) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private ModelGraph insert(Set<String> kept) {
        List<GraphNode> nodes = new ArrayList<>();
        for (GraphNode node : graph.nodes()) {
            OptionalInt input = table(graph, node);
            if (input.isEmpty() || kept.contains(node.name())) {
                nodes.add(node);
                continue;
            }
            List<String> inputs = new ArrayList<>(node.inputs());
            inputs.set(input.getAsInt(), pairs.computeIfAbsent(node.input(input.getAsInt()), this::pair));
            nodes.add(new GraphNode(node.name(), node.operator(), "", inputs, node.outputs(), node.attributes()));
        }
        if (pairs.isEmpty()) {
            return graph;
        }
        added.addAll(nodes);
        return builder.replaceNodes(added).build();
    }

    private String pair(String table) {
        return ofLayer(table).orElseGet(() -> added(table));
    }

    /** What a layer reads that has the table as its weight. */
    private Optional<String> ofLayer(String table) {
        return links.readers(table).stream()
                .filter(reader -> reader.operator().equals("QuantizeLinear"))
                .flatMap(quantize -> links.readers(quantize.output(0)).stream())
                .flatMap(reader -> reader.operator().equals("Clip")
                        ? links.readers(reader.output(0)).stream()
                        : List.of(reader).stream())
                .filter(reader -> reader.operator().equals("DequantizeLinear"))
                .map(dequantize -> dequantize.output(0))
                .filter(value -> PairedWeight.of(graph, links, value)
                        .filter(pair -> pair.granularity().equals(ROWS))
                        .isPresent())
                .findFirst();
    }

    private String added(String table) {
        GraphTensor tensor = graph.initializers().get(table);
        if (!isFinite(tensor)) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    graph.source() + ": table " + table + ": values that are not finite (expected: finite)");
        }
        List<QParams> qparams =
                QuantizedTensor.of(tensor, ROWS, Scheme.symmetric(Byte.SIZE)).qparams();
        float[] scales = new float[qparams.size()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = qparams.get(i).scale();
        }
        long[] shape = {scales.length};
        String scale = names.of(table + "_scale");
        String zeroPoint = names.of(table + "_zero_point");
        builder.initializer(GraphTensor.of(scale, shape, scales));
        builder.initializer(GraphTensor.of(zeroPoint, ElementType.INT8, shape, new long[scales.length]));
        String integers = names.of(table + "_quantized");
        String result = names.of(table + "_dequantized");
        add("QuantizeLinear", table, List.of(table, scale, zeroPoint), integers);
        add("DequantizeLinear", table, List.of(integers, scale, zeroPoint), result);
        return result;
    }

    private void add(String operator, String table, List<String> inputs, String output) {
        added.add(new GraphNode(
                names.of(table + "/" + operator),
                operator,
                "",
                inputs,
                List.of(output),
                Attributes.NONE.withInt("axis", 0)));
    }
}
