package io.reflux.student.recipe;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.RoleOverrides;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a recipe says about an ONNX file that the file leaves open, or that is guessed wrongly from it.
 *
 * @param dimensions sizes of free dimensions by the name that the file gives them, each at least 1
 * @param parameters patterns of initialisers that train
 * @param constants patterns of initialisers that stay as they are
 */
public record FileConfig(Map<String, Long> dimensions, List<String> parameters, List<String> constants) {
    /** Nothing. */
    public static final FileConfig AS_IT_IS = new FileConfig(Map.of(), List.of(), List.of());

    /**
     * Checks the sizes and copies the collections.
     *
     * @throws IllegalArgumentException when a size is less than 1
     */
    public FileConfig {
        dimensions = Collections.unmodifiableMap(new TreeMap<>(dimensions));
        dimensions.forEach(
                (name, size) -> Setting.require(size != null && size >= 1, "dimensions." + name, size, "a size >= 1"));
        parameters = List.copyOf(parameters);
        constants = List.copyOf(constants);
    }

    /**
     * Returns the graph with these sizes, and with these roles in the place of those it notes, if any are given.
     *
     * @throws ModelException when a dimension or a pattern matches nothing; the message names the nearest
     */
    public ModelGraph apply(ModelGraph graph) {
        ModelGraph sized = dimensions.isEmpty() ? graph : graph.withDimensions(dimensions);
        return parameters.isEmpty() && constants.isEmpty()
                ? sized
                : new RoleOverrides(parameters, constants).note(sized);
    }

    /** The key of the first setting that is given. */
    String firstKey() {
        return !dimensions.isEmpty() ? "dimensions" : !parameters.isEmpty() ? "parameters" : "constants";
    }
}
