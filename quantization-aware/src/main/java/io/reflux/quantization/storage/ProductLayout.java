package io.reflux.quantization.storage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.quantization.placement.Dequantized;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Transposes stored weights of a Gemm that reads floats to K×N. ONNX Runtime makes a MatMulNBits, which multiplies with the
 * integers, of that layout alone; of N×K it makes floats anew in each call, which takes longer than the product.
 */
final class ProductLayout {

    private final ModelGraph graph;
    private final GraphLinks links;
    private final ModelGraphBuilder builder;
    private final Map<String, GraphNode> rewritten = new HashMap<>();
    /** Tensors that are transposed, each once. */
    private final Set<String> transposed = new HashSet<>();

    private ProductLayout(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.builder = graph.toBuilder();
    }

    /** The graph with such weights transposed; the same graph where there is none. */
    static ModelGraph of(ModelGraph graph) {
        return new ProductLayout(graph).transposed();
    }

    /** Whether a layer multiplies floats with what a DequantizeLinear makes of integers. */
    static boolean readsFloats(GraphLinks links, GraphNode layer) {
        return (layer.operator().equals("Gemm") || layer.operator().equals("MatMul"))
                && Dequantized.maker(links, layer.input(0)).isEmpty();
    }

    private ModelGraph transposed() {
        for (GraphNode node : graph.nodes()) {
            if (node.operator().equals("DequantizeLinear") && isTransposable(node)) {
                transpose(node);
            }
        }
        if (rewritten.isEmpty()) {
            return graph;
        }
        return builder.replaceNodes(graph.nodes().stream()
                        .map(node -> rewritten.getOrDefault(node.name(), node))
                        .toList())
                .build();
    }

    private boolean isTransposable(GraphNode dequantize) {
        List<GraphNode> readers = links.readers(dequantize.output(0));
        return isOwn(dequantize.input(0))
                && isOwn(dequantize.input(1))
                && (!dequantize.hasInput(2) || isOwn(dequantize.input(2)))
                && graph.initializers().get(dequantize.input(0)).shape().length == 2
                && !readers.isEmpty()
                && readers.stream()
                        .allMatch(reader -> reader.operator().equals("Gemm")
                                && reader.attributes().getInt("transB", 0) != 0
                                && readsFloats(links, reader)
                                && !reader.input(0).equals(dequantize.output(0)));
    }

    /** An initialiser that nothing else reads, or that has no rows to transpose. */
    private boolean isOwn(String name) {
        GraphTensor tensor = graph.initializers().get(name);
        return tensor != null && (links.readOnlyOnce(name) || tensor.shape().length < 2);
    }

    private void transpose(GraphNode dequantize) {
        dequantize.inputs().forEach(this::transpose);
        long axis = Math.floorMod(dequantize.attributes().getInt("axis", 1), 2);
        rewritten.put(
                dequantize.name(), with(dequantize, dequantize.attributes().withInt("axis", 1 - axis)));
        links.readers(dequantize.output(0))
                .forEach(reader -> rewritten.put(
                        reader.name(), with(reader, reader.attributes().without(Set.of("transB")))));
    }

    private void transpose(String name) {
        GraphTensor tensor = graph.initializers().get(name);
        if (tensor.shape().length != 2 || !transposed.add(name)) {
            return;
        }
        int rows = (int) tensor.shape()[0];
        int columns = (int) tensor.shape()[1];
        long[] shape = {columns, rows};
        if (tensor.type().isFloatingPoint()) {
            float[] from = tensor.floats();
            float[] to = new float[from.length];
            for (int i = 0; i < to.length; i++) {
                to[i] = from[i % rows * columns + i / rows];
            }
            builder.initializer(GraphTensor.of(name, shape, to));
        } else {
            long[] from = tensor.longs();
            long[] to = new long[from.length];
            for (int i = 0; i < to.length; i++) {
                to[i] = from[i % rows * columns + i / rows];
            }
            builder.initializer(GraphTensor.of(name, tensor.type(), shape, to));
        }
    }

    private static GraphNode with(GraphNode node, Attributes attributes) {
        return new GraphNode(
                node.name(),
                node.operator(),
                node.domain(),
                new ArrayList<>(node.inputs()),
                node.outputs(),
                attributes);
    }
}
