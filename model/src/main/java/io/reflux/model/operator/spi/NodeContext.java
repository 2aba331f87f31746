package io.reflux.model.operator.spi;

import io.reflux.model.graph.GraphTensor;
import java.util.List;

/** What is known about the values around a node before the graph runs. */
public interface NodeContext {

    /** Version of ONNX's own operator set, which decides what some attributes mean. */
    int opset();

    /** Whether the value is an initialiser or comes from a Constant node. */
    boolean isConstant(String onnxName);

    /**
     * The value of a constant. An initialiser that is trained is a constant here too; its values are those of the
     * file.
     *
     * @throws io.reflux.model.graph.ModelException if {@link #isConstant} is false
     */
    GraphTensor constant(String onnxName);

    /**
     * The inferred shape of a value; -1 = free (the batch).
     *
     * @throws io.reflux.model.graph.ModelException if the value's shape is not inferred yet
     */
    List<Long> shape(String onnxName);
}
