package io.reflux.quantization.storage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.Dequantized;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Leaves out attributes that say what ONNX takes for granted; exporters write 100 bytes of them for each convolution. */
final class DefaultAttributes {

    private static final Map<String, Long> WINDOW = Map.of("strides", 1L, "dilations", 1L, "pads", 0L);

    /** Attributes of one number, or of several that are all the same. */
    private static final Map<String, Map<String, Long>> INTEGERS = Map.of(
            "Conv", with(WINDOW, "group", 1),
            "MaxPool", with(with(WINDOW, "ceil_mode", 0), "storage_order", 0),
            "AveragePool", with(with(WINDOW, "ceil_mode", 0), "count_include_pad", 0),
            "Gemm", Map.of("transA", 0L, "transB", 0L),
            "Flatten", Map.of("axis", 1L));

    private DefaultAttributes() {}

    private static Map<String, Long> with(Map<String, Long> map, String name, long value) {
        Map<String, Long> more = new HashMap<>(map);
        more.put(name, value);
        return Map.copyOf(more);
    }

    /** The graph without such attributes; the same graph where there are none. */
    static ModelGraph of(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        List<GraphNode> nodes = graph.nodes().stream()
                .map(node ->
                        INTEGERS.containsKey(node.operator()) && node.domain().isEmpty()
                                ? lean(node, readsUnsigned(graph, links, node))
                                : node)
                .toList();
        return nodes.equals(graph.nodes())
                ? graph
                : graph.toBuilder().replaceNodes(nodes).build();
    }

    /** ONNX Runtime reads the kernel's size off the weight, as ONNX says; of other engines it is not known. */
    private static boolean readsUnsigned(ModelGraph graph, GraphLinks links, GraphNode node) {
        return node.operator().equals("Conv")
                && Dequantized.maker(links, node.input(0))
                        .flatMap(dequantize -> graph.constant(dequantize.input(2)))
                        .filter(zeroPoint -> zeroPoint.type() == ElementType.UINT8)
                        .isPresent();
    }

    private static GraphNode lean(GraphNode node, boolean knowsKernel) {
        Attributes attributes = node.attributes();
        Set<String> idle = new HashSet<>();
        INTEGERS.get(node.operator()).forEach((name, usual) -> {
            boolean isList = WINDOW.containsKey(name);
            boolean isUsual = isList
                    ? attributes.getInts(name, List.of()).stream().allMatch(usual::equals)
                    : attributes.getInt(name, usual) == usual;
            if (isUsual && attributes.names().contains(name)) {
                idle.add(name);
            }
        });
        if (attributes.names().contains("auto_pad")
                && attributes.getString("auto_pad", "").equals("NOTSET")) {
            idle.add("auto_pad");
        }
        if (knowsKernel && attributes.names().contains("kernel_shape")) {
            idle.add("kernel_shape");
        }
        return idle.isEmpty()
                ? node
                : new GraphNode(
                        node.name(), node.operator(), "", node.inputs(), node.outputs(), attributes.without(idle));
    }
}
