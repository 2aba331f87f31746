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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Gives weights of products that read floats the type of their bits, without a Cast: ONNX Runtime multiplies with integers of
 * 4 and 2 bits as they are (MatMulNBits).
 */
final class TypedProducts {

    private static final List<ElementType> SMALL =
            List.of(ElementType.INT2, ElementType.UINT2, ElementType.INT4, ElementType.UINT4);

    private final ModelGraph graph;
    private final GraphLinks links;
    private final FreshNames names;
    private final ModelGraphBuilder builder;
    private final Map<String, GraphNode> rewritten = new HashMap<>();

    private TypedProducts(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.names = FreshNames.of(graph);
        this.builder = graph.toBuilder();
    }

    /**
     * The graph with such weights in as few bits as they fit; the same graph where there is none.
     *
     * @param opset the newest operator set that may be used
     */
    static ModelGraph of(ModelGraph graph, int opset) {
        GraphLinks links = GraphLinks.of(graph);
        Map<String, ElementType> types = new HashMap<>();
        for (GraphNode node : graph.nodes()) {
            if (isDirect(graph, links, node)) {
                type(graph, node, opset).ifPresent(type -> types.put(node.name(), type));
            }
        }
        int needed = types.values().stream()
                .mapToInt(type -> new TypedForm(type, 1).opset())
                .max()
                .orElse(0);
        return types.isEmpty()
                ? graph
                : new TypedProducts(NewerOperatorSet.of(graph, needed).orElseThrow()).typed(types);
    }

    private static boolean isDirect(ModelGraph graph, GraphLinks links, GraphNode node) {
        List<GraphNode> readers = node.outputs().isEmpty() ? List.of() : links.readers(node.output(0));
        GraphTensor tensor = graph.initializers().get(node.input(0));
        return node.operator().equals("DequantizeLinear")
                && tensor != null
                && (tensor.type() == ElementType.INT8 || tensor.type() == ElementType.UINT8)
                && tensor.size() >= IntegerStorage.LEAST_ELEMENTS
                && tensor.shape().length == 2
                && links.readOnlyOnce(tensor.name())
                && (!node.hasInput(2) || graph.initializers().containsKey(node.input(2)))
                && !readers.isEmpty()
                && readers.stream().allMatch(reader -> ProductLayout.readsFloats(links, reader));
    }

    /**
     * The smallest type that holds the integers and zero points. Those of 2 bits are left to a Cast where a row ends inside a
     * byte: ONNX Runtime 1.29 transposes them wrongly then, and its product is another.
     */
    private static Optional<ElementType> type(ModelGraph graph, GraphNode node, int opset) {
        IntegerRange range =
                IntegerRange.of(graph.initializers().get(node.input(0)).longs());
        IntegerRange zeros = node.hasInput(2)
                ? IntegerRange.of(graph.initializers().get(node.input(2)).longs())
                : range;
        long columns = graph.initializers().get(node.input(0)).shape()[1];
        return SMALL.stream()
                .filter(type -> new TypedForm(type, 1).opset() <= opset)
                .filter(type -> Stream.of(range, zeros).allMatch(values -> values.isWithin(type.least(), type.most())))
                .findFirst()
                .filter(type -> columns * type.bits() % Byte.SIZE == 0 || type.bits() != 2);
    }

    private ModelGraph typed(Map<String, ElementType> types) {
        Set<String> zeroPoints = new HashSet<>();
        for (GraphNode node : graph.nodes()) {
            ElementType type = types.get(node.name());
            if (type == null) {
                continue;
            }
            builder.initializer(retyped(node.input(0), type, node.input(0)));
            if (node.hasInput(2)) {
                String zeroPoint = names.numbered("z");
                builder.initializer(retyped(node.input(2), type, zeroPoint));
                zeroPoints.add(node.input(2));
                List<String> inputs = new ArrayList<>(node.inputs());
                inputs.set(2, zeroPoint);
                rewritten.put(
                        node.name(),
                        new GraphNode(node.name(), node.operator(), "", inputs, node.outputs(), node.attributes()));
            }
        }
        List<GraphNode> nodes = graph.nodes().stream()
                .map(node -> rewritten.getOrDefault(node.name(), node))
                .toList();
        nodes.forEach(node -> zeroPoints.removeAll(node.inputs()));
        zeroPoints.forEach(builder::removeInitializer);
        return builder.replaceNodes(nodes).build();
    }

    private GraphTensor retyped(String name, ElementType type, String newName) {
        GraphTensor tensor = graph.initializers().get(name);
        return GraphTensor.of(newName, type, tensor.shape(), tensor.longs());
    }
}
