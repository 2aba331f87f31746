package io.reflux.model.operator.spi;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import java.util.List;
import java.util.Optional;

/** What is known about the values around a node before the graph runs. */
public interface NodeContext {

    /** Version of ONNX's own operator set, which decides what some attributes mean. */
    int opset();

    /** Whether the value is known before the graph runs: an initialiser, a Constant node's, or folded from such. */
    boolean isConstant(String onnxName);

    /**
     * The value of a constant. An initialiser that is trained is a constant here too; its values are those of the
     * file.
     *
     * @throws io.reflux.model.graph.ModelException if {@link #isConstant} is false
     */
    GraphTensor constant(String onnxName);

    /** Whether training changes the initialiser of this name, so that no value of it may be taken for granted. */
    default boolean trains(String onnxName) {
        return false;
    }

    /** Whether training moves the running statistic of this name; else normalisations use it in training as it is. */
    default boolean moves(String onnxName) {
        return true;
    }

    /**
     * The inferred shape of a value; -1 = free (the batch).
     *
     * @throws io.reflux.model.graph.ModelException if the value's shape is not inferred yet
     */
    List<Long> shape(String onnxName);

    /**
     * The element type of a value.
     *
     * @throws io.reflux.model.graph.ModelException if the value's type is not inferred yet
     */
    ElementType type(String onnxName);

    /** The integers or booleans that a value holds, as far as they can be told before the graph runs. */
    Optional<SymbolicInts> integers(String onnxName);

    /** The size of a value along an axis from 0: a number, or an expression where it is free. */
    default SymbolicInt size(String onnxName, int axis) {
        long size = shape(onnxName).get(axis);
        return size == Shapes.FREE ? new SymbolicInt.SizeOf(onnxName, axis) : SymbolicInt.of(size);
    }
}
