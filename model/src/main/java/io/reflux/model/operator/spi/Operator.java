package io.reflux.model.operator.spi;

import io.reflux.model.graph.GraphNode;
import java.util.List;

/**
 * One ONNX operator. Implementations are stateless. In shapes, -1 stands for a free dimension.
 *
 * <p>Except for {@link #problems}, methods are only called for nodes without problems.
 */
public interface Operator {

    /** The ONNX name, such as {@code Conv}. */
    String type();

    /**
     * Why this form of the operator cannot be used, one line for each reason; empty = it can. Asked before shapes are
     * inferred: only {@link NodeContext#opset}, {@link NodeContext#isConstant} and {@link NodeContext#constant} may be
     * used.
     */
    List<String> problems(GraphNode node, NodeContext context);

    /**
     * Shapes of the outputs, in the node's order.
     *
     * @throws io.reflux.model.graph.ModelException if the input shapes do not fit each other
     */
    List<List<Long>> outputShapes(GraphNode node, NodeContext context);

    /** Multiplications with an addition for one sample (a free dimension counts once); 0 for what only moves data. */
    default long multiplyAccumulates(GraphNode node, NodeContext context) {
        return 0;
    }

    /** What training does with an initialiser at this input. */
    default InitializerRole role(int input) {
        return InitializerRole.CONSTANT;
    }

    /** Writes the node. Each named output must be assigned, but for the outputs of Constant. */
    void emit(GraphNode node, ScriptEmitter out);
}
