package io.reflux.model.operator;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Shapes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Walks a graph once and works out the shape of every value. */
public final class ShapeInference {

    private ShapeInference() {}

    /**
     * The shape of every input, initialiser and node output by name; -1 = free.
     *
     * @throws ModelException if a node is unsupported (all are named), or if shapes do not fit: the message names the
     *     node and the shapes
     */
    public static Map<String, List<Long>> infer(ModelGraph graph) {
        Operators.check(graph);
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        graph.inputs().forEach(input -> shapes.put(input.name(), input.shape()));
        graph.initializers().forEach((name, tensor) -> shapes.put(name, Shapes.of(tensor)));
        NodeContext context = new GraphContext(graph, shapes);
        for (GraphNode node : graph.nodes()) {
            List<List<Long>> outputs;
            try {
                outputs = Operators.of(node).outputShapes(node, context);
            } catch (ModelException e) {
                throw e.in(graph.source() + ": node " + node.label());
            }
            for (int i = 0; i < node.outputs().size() && i < outputs.size(); i++) {
                if (!node.output(i).isEmpty()) {
                    shapes.put(node.output(i), outputs.get(i));
                }
            }
        }
        graph.outputs().forEach(output -> checkOutput(graph, output, shapes.get(output.name())));
        return Collections.unmodifiableMap(shapes);
    }

    private static void checkOutput(ModelGraph graph, ValueInfo output, List<Long> inferred) {
        if (!output.shape().isEmpty() && !compatible(output.shape(), inferred)) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    graph.source() + ": output " + output.name() + ": declared shape " + output.shape() + " (expected: "
                            + inferred + ", which the nodes make)");
        }
    }

    private static boolean compatible(List<Long> declared, List<Long> inferred) {
        if (declared.size() != inferred.size()) {
            return false;
        }
        for (int i = 0; i < declared.size(); i++) {
            long a = declared.get(i);
            long b = inferred.get(i);
            if (a != -1 && b != -1 && a != b) {
                return false;
            }
        }
        return true;
    }
}
