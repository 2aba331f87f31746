package io.reflux.model.operator;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.NamePatterns;
import io.reflux.model.operator.spi.InitializerRole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a user says about initialisers where the rule of {@link Operators#roles} is wrong. It is noted in the model's
 * metadata, so that it holds for all that is done with the model, and travels with its file.
 *
 * @param parameters patterns of names that training changes; {@code *} = any characters
 * @param constants patterns of names that stay as they are
 */
public record RoleOverrides(List<String> parameters, List<String> constants) {

    private static final String PARAMETERS = "reflux.parameters";

    private static final String CONSTANTS = "reflux.constants";

    /** Between patterns; no name has a line break in it. */
    private static final String SEPARATOR = "\n";

    public RoleOverrides {
        parameters = List.copyOf(parameters);
        constants = List.copyOf(constants);
    }

    /** What is noted in a model. */
    public static RoleOverrides of(ModelGraph graph) {
        return new RoleOverrides(patterns(graph, PARAMETERS), patterns(graph, CONSTANTS));
    }

    /**
     * The model with these overrides in place of those it has.
     *
     * @throws ModelException if a pattern matches no initialiser, an initialiser is chosen as both, or a parameter is
     *     not FLOAT
     */
    public ModelGraph note(ModelGraph graph) {
        apply(graph);
        Map<String, String> metadata = new LinkedHashMap<>(graph.metadata());
        metadata.remove(PARAMETERS);
        metadata.remove(CONSTANTS);
        if (!parameters.isEmpty()) {
            metadata.put(PARAMETERS, String.join(SEPARATOR, parameters));
        }
        if (!constants.isEmpty()) {
            metadata.put(CONSTANTS, String.join(SEPARATOR, constants));
        }
        return graph.withMetadata(metadata);
    }

    /**
     * The graph with those of its overrides that still choose initialisers, for one that is rewritten: what has gone needs none,
     * and what is not FLOAT any more is no parameter. The same graph where that is all of them.
     */
    public static ModelGraph pruned(ModelGraph graph) {
        RoleOverrides noted = of(graph);
        Set<String> names = graph.initializers().keySet();
        List<String> constants = noted.constants.stream()
                .filter(pattern -> !NamePatterns.matching(pattern, names).isEmpty())
                .toList();
        List<String> parameters = noted.parameters.stream()
                .flatMap(pattern -> parameters(graph, pattern).stream())
                .distinct()
                .toList();
        RoleOverrides live = new RoleOverrides(parameters, constants);
        return live.equals(noted) ? graph : live.note(graph);
    }

    /** A pattern, or the FLOATs that it chooses, where they are not all. */
    private static List<String> parameters(ModelGraph graph, String pattern) {
        Set<String> chosen = NamePatterns.matching(pattern, graph.initializers().keySet());
        List<String> floats = chosen.stream()
                .filter(name -> graph.initializers().get(name).type() == ElementType.FLOAT)
                .toList();
        return floats.isEmpty() || floats.size() < chosen.size() ? floats : List.of(pattern);
    }

    /** Names of the initialisers of a graph that are chosen. */
    public Set<String> names(ModelGraph graph) {
        return Stream.concat(parameters.stream(), constants.stream())
                .flatMap(pattern ->
                        NamePatterns.matching(pattern, graph.initializers().keySet()).stream())
                .collect(Collectors.toSet());
    }

    /** The initialisers that are chosen, by name. */
    Map<String, InitializerRole> apply(ModelGraph graph) {
        Set<String> names = graph.initializers().keySet();
        Map<String, InitializerRole> roles = new LinkedHashMap<>();
        for (String name : new NamePatterns("parameters", "an initialiser", parameters).select(names)) {
            GraphTensor tensor = graph.initializers().get(name);
            if (tensor.type() != ElementType.FLOAT) {
                throw invalid("parameters: " + tensor + " (expected: FLOAT)");
            }
            roles.put(name, InitializerRole.PARAMETER);
        }
        for (String name : new NamePatterns("constants", "an initialiser", constants).select(names)) {
            if (roles.put(name, InitializerRole.CONSTANT) != null) {
                throw invalid("constants: " + name + " (expected: not among the parameters too)");
            }
        }
        return roles;
    }

    private static ModelException invalid(String message) {
        return new ModelException(ModelException.Code.INVALID_ARGUMENT, message);
    }

    private static List<String> patterns(ModelGraph graph, String key) {
        String noted = graph.metadata().getOrDefault(key, "");
        return noted.isEmpty() ? List.of() : List.of(noted.split(SEPARATOR));
    }
}
