package io.reflux.model.zoo;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.Operators;
import io.reflux.model.operator.spi.InitializerRole;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * New weights for a graph that came with some: what trains and the running statistics are drawn anew, constants stay.
 *
 * <p>The matrices and kernels of Gemm, MatMul, Conv and ConvTranspose are drawn as the initialisation says; other weights of
 * rank two and more, such as embeddings, from a truncated normal law of deviation 0.02. Scales of norms and running
 * variances start at 1, all else of rank one and less at 0. Slopes of PRelu stay: no common start is known for them.
 */
public final class FreshWeights {

    private final ModelGraph graph;
    private final Initialization initialization;
    private final long seed;

    private FreshWeights(ModelGraph graph, Initialization initialization, long seed) {
        this.graph = graph;
        this.initialization = initialization;
        this.seed = seed;
    }

    /**
     * The graph with new weights.
     *
     * @param seed the same weights for the same seed, on every machine
     * @throws io.reflux.model.graph.ModelException if the graph has unsupported operators
     */
    public static ModelGraph draw(ModelGraph graph, Initialization initialization, long seed) {
        return new FreshWeights(graph, initialization, seed).draw();
    }

    private ModelGraph draw() {
        Map<String, GraphTensor> drawn = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, InitializerRole> entry : Operators.roles(graph).entrySet()) {
            GraphTensor tensor = graph.initializers().get(entry.getKey());
            if (entry.getValue() != InitializerRole.CONSTANT) {
                drawn.put(tensor.name(), GraphTensor.of(tensor.name(), tensor.shape(), values(tensor, number)));
            }
            number++;
        }
        return graph.withInitializers(drawn);
    }

    private float[] values(GraphTensor tensor, int number) {
        Optional<GraphNode> reader = graph.nodes().stream()
                .filter(node -> node.inputs().contains(tensor.name()))
                .findFirst();
        String operator = reader.map(GraphNode::operator).orElse("");
        int input = reader.map(node -> node.inputs().indexOf(tensor.name())).orElse(0);
        if (operator.equals("PRelu")) {
            return tensor.floats();
        }
        long[] shape = tensor.shape();
        if (shape.length < 2) {
            boolean one = operator.endsWith("Normalization") && (input == 1 || input == 4);
            return filled(Math.toIntExact(tensor.size()), one ? 1 : 0);
        }
        WeightRandom random = new WeightRandom(seed, number);
        int size = Math.toIntExact(tensor.size());
        long kernel = Arrays.stream(shape).skip(2).reduce(1, (a, b) -> a * b);
        long first = shape[shape.length - 2];
        long last = shape[shape.length - 1];
        return switch (operator) {
            case "Conv" -> random.weights(size, initialization, shape[1] * kernel, shape[0] * kernel);
            case "ConvTranspose" -> random.weights(size, initialization, shape[0] * kernel, shape[1] * kernel);
            case "MatMul" ->
                input == 1
                        ? random.weights(size, initialization, first, last)
                        : random.weights(size, initialization, last, first);
            case "Gemm" ->
                isOutByIn(reader.orElseThrow(), input)
                        ? random.weights(size, initialization, last, first)
                        : random.weights(size, initialization, first, last);
            case "Transpose" -> random.weights(size, initialization, last, first);
            default -> random.weights(size, Initialization.TRUNCATED_NORMAL, last, first);
        };
    }

    private static boolean isOutByIn(GraphNode gemm, int input) {
        boolean transposed = gemm.attributes().getInt(input == 1 ? "transB" : "transA", 0) != 0;
        return (input == 1) == transposed;
    }

    private static float[] filled(int size, float value) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        return values;
    }
}
