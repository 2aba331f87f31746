package io.reflux.model.operator;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.spi.NodeContext;
import java.util.List;
import java.util.Map;

/** The context of a graph's nodes: its constants, and its shapes once they are inferred. */
public final class GraphContext implements NodeContext {

    private final ModelGraph graph;
    private final Map<String, List<Long>> shapes;

    GraphContext(ModelGraph graph, Map<String, List<Long>> shapes) {
        this.graph = graph;
        this.shapes = shapes;
    }

    /**
     * The context of a graph with all its shapes.
     *
     * @throws ModelException as {@link ShapeInference#infer}
     */
    public static GraphContext of(ModelGraph graph) {
        return new GraphContext(graph, ShapeInference.infer(graph));
    }

    static GraphContext withoutShapes(ModelGraph graph) {
        return new GraphContext(graph, Map.of());
    }

    @Override
    public int opset() {
        return graph.opset();
    }

    @Override
    public boolean isConstant(String onnxName) {
        return graph.constant(onnxName).isPresent();
    }

    @Override
    public GraphTensor constant(String onnxName) {
        return graph.constant(onnxName)
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.UNSUPPORTED, onnxName + ": not a constant (expected: a constant)"));
    }

    @Override
    public List<Long> shape(String onnxName) {
        List<Long> shape = shapes.get(onnxName);
        if (shape == null) {
            throw new ModelException(
                    ModelException.Code.MALFORMED, onnxName + ": no shape (expected: an inferred one)");
        }
        return shape;
    }
}
