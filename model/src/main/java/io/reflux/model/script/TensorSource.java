package io.reflux.model.script;

import io.reflux.model.graph.GraphTensor;
import java.util.Optional;

/** Where a method finds the tensors that it reads. */
interface TensorSource {

    /** Expression that reads a tensor. */
    String place(String name, GraphTensor tensor);

    /**
     * Expression that reads a tensor in another layout; empty where it may change between calls, so that the layout would
     * have to be made in each.
     *
     * @param layout expression of the layout; {@code {w}} stands for the tensor as it is
     */
    Optional<String> packed(String name, GraphTensor tensor, String layout);
}
