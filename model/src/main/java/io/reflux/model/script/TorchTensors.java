package io.reflux.model.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import java.util.List;

/** A graph's tensors as arrays of libtorch. */
public final class TorchTensors {

    private TorchTensors() {}

    /**
     * Copies tensors to the manager's device, in memory that libtorch allocates itself: it is aligned for vector
     * instructions, so that results do not depend on where a Java buffer happened to lie.
     */
    public static NDList create(NDManager manager, List<GraphTensor> tensors) {
        NDList arrays = new NDList(tensors.size());
        for (GraphTensor tensor : tensors) {
            try (NDArray wrapped = wrap(manager, tensor)) {
                arrays.add(wrapped.duplicate());
            }
        }
        return arrays;
    }

    private static NDArray wrap(NDManager manager, GraphTensor tensor) {
        ElementType type = tensor.type().computedAs();
        GraphTensor held =
                type == tensor.type() ? tensor : GraphTensor.of(tensor.name(), type, tensor.shape(), tensor.longs());
        return manager.create(held.buffer(), new Shape(held.shape()), type(type));
    }

    private static DataType type(ElementType type) {
        return switch (type) {
            case FLOAT -> DataType.FLOAT32;
            case DOUBLE -> DataType.FLOAT64;
            case INT64 -> DataType.INT64;
            case INT32 -> DataType.INT32;
            case INT8 -> DataType.INT8;
            case UINT8 -> DataType.UINT8;
            case BOOL -> DataType.BOOLEAN;
            case INT16, UINT16, INT4, UINT4, INT2, UINT2 -> type(type.computedAs());
        };
    }
}
