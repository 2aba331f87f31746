package io.reflux.model.step;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.spi.InitializerRole;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The weights of a {@link TrainState} without a step that would restore it: nothing is compiled, and no device used. */
public final class TrainedWeights {

    private final ModelGraph graph;
    private final TrainState state;
    private final Map<String, GraphTensor> weights = new HashMap<>();

    private TrainedWeights(ModelGraph graph, TrainState state) {
        this.graph = graph;
        this.state = state;
    }

    /**
     * Returns a graph with the weights of a state: what {@link TrainStep#export()} gives when the state is restored.
     *
     * @param graph whose weights trained
     * @param options those of the step
     * @param besides parameters of the state that trained along and are no part of the graph; they are left out
     * @throws IllegalArgumentException if the state is of another graph or other options
     */
    public static ModelGraph of(ModelGraph graph, TrainState state, StepOptions options, Predicate<String> besides) {
        TrainedWeights trained = new TrainedWeights(graph, state);
        GraphContext context = GraphContext.of(graph);
        Set<String> parameters = trained.names(context, InitializerRole.PARAMETER);
        parameters.removeAll(TrainStep.frozen(context, options));
        trained.take(TrainedTensors.PARAMETER, parameters, besides);
        // Where an average is kept, it takes the place of the weights of the last step.
        trained.take(TrainedTensors.AVERAGE, options.averages() ? parameters : Set.of(), besides);
        trained.take(TrainedTensors.BUFFER, trained.names(context, InitializerRole.BUFFER), name -> false);
        return graph.withInitializers(trained.weights);
    }

    private Set<String> names(GraphContext context, InitializerRole role) {
        Set<String> names = new HashSet<>(graph.initializers().keySet());
        names.removeIf(name -> context.roles().get(name) != role);
        return names;
    }

    private void take(String prefix, Set<String> names, Predicate<String> besides) {
        Set<String> given = new HashSet<>();
        state.tensors().forEach((name, values) -> {
            String own = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
            if (!own.isEmpty() && (names.contains(own) || !besides.test(own))) {
                given.add(own);
            }
        });
        if (!given.equals(names)) {
            throw new IllegalArgumentException("state: " + prefix + " " + given + " (expected: " + names + ")");
        }
        for (String name : names) {
            GraphTensor tensor = graph.initializers().get(name);
            float[] values = state.tensors().get(prefix + name);
            Ranges.require(
                    "state of " + name, values.length, values.length == tensor.size(), tensor.size() + " elements");
            weights.put(name, GraphTensor.of(name, tensor.shape(), values));
        }
    }
}
