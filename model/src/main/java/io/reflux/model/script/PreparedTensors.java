package io.reflux.model.script;

import io.reflux.model.graph.GraphTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a graph that is only evaluated: constants, brought once into the layouts that kernels want. The methods
 * take as {@code b} what {@link #list} makes.
 */
final class PreparedTensors implements TensorSource {

    private final TensorRegistry registry;
    private final Map<String, String> places = new LinkedHashMap<>();
    private final List<String> expressions = new ArrayList<>();

    /** @param registry takes the constants as they are */
    PreparedTensors(TensorRegistry registry) {
        this.registry = registry;
    }

    @Override
    public String place(String name, GraphTensor tensor) {
        return prepared(name, tensor, "{w}");
    }

    @Override
    public Optional<String> packed(String name, GraphTensor tensor, String layout) {
        return Optional.of(prepared(name, tensor, layout));
    }

    private String prepared(String name, GraphTensor tensor, String layout) {
        return places.computeIfAbsent(layout + " of " + name, key -> {
            expressions.add(layout.replace("{w}", registry.place(name, tensor)));
            return "b[" + (expressions.size() - 1) + "]";
        });
    }

    /** A script expression: the tensors, made of the constants {@code b}. */
    String list() {
        return "annotate(List[Tensor], [" + String.join(", ", expressions) + "])";
    }
}
