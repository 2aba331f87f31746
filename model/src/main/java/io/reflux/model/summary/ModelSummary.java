package io.reflux.model.summary;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.Operators;
import io.reflux.model.operator.spi.InitializerRole;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model, layer by layer and in total. Plain numbers and lists, so that it can be written as JSON as it is.
 *
 * @param digest SHA-256 of the file
 * @param fileBytes bytes of the file
 * @param layers in the order in which they run; Constant nodes are left out
 * @param parameters trained numbers, and the integers that a DequantizeLinear makes them of, each counted once however often
 *     it is read
 * @param parameterBytes bytes of those numbers, as stored
 * @param buffers numbers that training updates without a gradient (running statistics)
 * @param multiplyAccumulates for one sample
 */
public record ModelSummary(
        String name,
        String digest,
        int opset,
        long fileBytes,
        List<LayerSummary> layers,
        long parameters,
        long parameterBytes,
        long buffers,
        long multiplyAccumulates) {

    public ModelSummary {
        layers = List.copyOf(layers);
    }

    /**
     * Summarises a graph.
     *
     * @throws io.reflux.model.graph.ModelException if it has unsupported operators or shapes that do not fit
     */
    public static ModelSummary of(ModelGraph graph) {
        GraphContext context = GraphContext.of(graph);
        Map<String, InitializerRole> roles = context.roles();
        Set<String> counted = new HashSet<>();
        List<LayerSummary> layers = new ArrayList<>();
        for (GraphNode node : graph.nodes()) {
            if (!node.operator().equals("Constant")) {
                layers.add(layer(graph, node, context, roles, counted));
            }
        }
        long buffers = graph.initializers().values().stream()
                .filter(tensor -> roles.get(tensor.name()) == InitializerRole.BUFFER)
                .mapToLong(GraphTensor::size)
                .sum();
        return new ModelSummary(
                graph.name(),
                graph.digest(),
                graph.opset(),
                graph.byteSize(),
                layers,
                layers.stream().mapToLong(LayerSummary::parameters).sum(),
                layers.stream().mapToLong(LayerSummary::parameterBytes).sum(),
                buffers,
                layers.stream().mapToLong(LayerSummary::multiplyAccumulates).sum());
    }

    /** The summary as a table for people, several lines without a last line break. */
    public String toText() {
        return SummaryTable.of(this);
    }

    /** Whether an input is what the weights of a quantised file are stored as; its scales and zero points are not. */
    private static boolean isStoredInIntegers(ModelGraph graph, GraphNode node, String input) {
        return node.operator().equals("DequantizeLinear")
                && input.equals(node.input(0))
                && graph.constant(input).isPresent();
    }

    private static LayerSummary layer(
            ModelGraph graph,
            GraphNode node,
            GraphContext context,
            Map<String, InitializerRole> roles,
            Set<String> counted) {
        long parameters = 0;
        long bytes = 0;
        for (String input : node.inputs()) {
            boolean parameter = roles.get(input) == InitializerRole.PARAMETER || isStoredInIntegers(graph, node, input);
            if (parameter && counted.add(input)) {
                GraphTensor tensor = graph.constant(input).orElseThrow();
                parameters += tensor.size();
                bytes += tensor.byteSize();
            }
        }
        return new LayerSummary(
                node.name(),
                node.operator(),
                context.shape(node.output(0)),
                FreeSizes.of(node.output(0), context),
                parameters,
                bytes,
                Operators.of(node).multiplyAccumulates(node, context));
    }
}
