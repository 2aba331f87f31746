package io.reflux.quantization.storage;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.NewerOperatorSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Packs the 8-bit integers that a graph dequantises where they are of fewer bits. The graph computes what it did, bit for
 * bit; its operator set becomes the one that the types need, if all its operators mean the same there.
 */
final class IntegerStorage {

    /** Below, names and nodes take more than the values. */
    static final int LEAST_ELEMENTS = 64;

    private IntegerStorage() {}

    /** The graph with its integers in as few bytes as they fit; the same graph where none can be packed. */
    static ModelGraph pack(ModelGraph graph) {
        int opset = newestOperatorSet(graph);
        Map<GraphTensor, IntegerForm> forms = new LinkedHashMap<>();
        for (GraphTensor tensor : dequantized(graph)) {
            IntegerForm form = IntegerForm.of(IntegerRange.of(tensor.longs()), tensor.size(), opset);
            if (form.bytes(tensor.size()) < tensor.byteSize()) {
                forms.put(tensor, form);
            }
        }
        if (forms.isEmpty()) {
            return graph;
        }
        int needed = forms.values().stream().mapToInt(IntegerForm::opset).max().orElseThrow();
        return pack(NewerOperatorSet.of(graph, needed).orElseThrow(), forms);
    }

    private static ModelGraph pack(ModelGraph graph, Map<GraphTensor, IntegerForm> forms) {
        ModelGraphBuilder builder = graph.toBuilder();
        UnpackingNodes out = new UnpackingNodes(builder, FreshNames.of(graph));
        Map<String, String> unpacked = new HashMap<>();
        forms.forEach((tensor, form) -> unpacked.put(tensor.name(), form.write(tensor, out)));
        List<GraphNode> nodes = new ArrayList<>(out.nodes());
        for (GraphNode node : graph.nodes()) {
            List<String> inputs = new ArrayList<>(node.inputs());
            inputs.replaceAll(input -> unpacked.getOrDefault(input, input));
            nodes.add(new GraphNode(
                    node.name(), node.operator(), node.domain(), inputs, node.outputs(), node.attributes()));
        }
        return builder.replaceNodes(nodes).build();
    }

    /** The newest operator set that a graph can be in, and has a type that older ones lack. */
    static int newestOperatorSet(ModelGraph graph) {
        return Stream.of(25, 21)
                .filter(version -> NewerOperatorSet.isReachable(graph, version))
                .findFirst()
                .orElse(graph.opset());
    }

    private static List<GraphTensor> dequantized(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        return graph.initializers().values().stream()
                .filter(tensor -> tensor.type() == ElementType.INT8 || tensor.type() == ElementType.UINT8)
                .filter(tensor -> tensor.size() >= LEAST_ELEMENTS && !links.isOutput(tensor.name()))
                .filter(tensor -> links.readers(tensor.name()).stream()
                        .anyMatch(reader -> reader.operator().equals("DequantizeLinear")
                                && reader.input(0).equals(tensor.name())))
                .toList();
    }
}
