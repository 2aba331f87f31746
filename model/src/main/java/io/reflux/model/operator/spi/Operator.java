package io.reflux.model.operator.spi;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One ONNX operator. Implementations are stateless. In shapes, -1 stands for a free dimension.
 *
 * <p>Except for {@link #problems}, methods are only called for nodes without problems.
 */
public interface Operator {

    /** The ONNX name, such as {@code Conv}. */
    String type();

    /** The operator set it is from, such as {@code com.microsoft}; empty = ONNX's own. */
    default String domain() {
        return "";
    }

    /** The first version of its operator set that has the operator in a form that is supported. */
    default int since() {
        return domain().isEmpty() ? ModelGraph.MIN_OPSET : 1;
    }

    /** What of the operator is not supported, for the documentation: a phrase; empty = all of it is. */
    default String limits() {
        return "";
    }

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

    /** Element types of the outputs, in the node's order; that of the first input unless the operator says otherwise. */
    default List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        ElementType type = node.hasInput(0) ? context.type(node.input(0)) : ElementType.FLOAT;
        return Collections.nCopies(node.outputs().size(), type);
    }

    /**
     * The integers or booleans that an output will hold, where they can be told from what is known about the inputs.
     * Asked after {@link #outputShapes}.
     */
    default Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return Optional.empty();
    }

    /** What the operator does with an input, which decides what training does with an initialiser there. */
    default InputUse use(int input) {
        return InputUse.SETTING;
    }

    /**
     * Writes the node: each named output must be assigned. Not called where every output is known before the graph
     * runs.
     */
    void emit(GraphNode node, ScriptEmitter out);
}
