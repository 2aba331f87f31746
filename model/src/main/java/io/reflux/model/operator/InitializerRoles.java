package io.reflux.model.operator;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Operator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rule which initialisers training changes, for those that no {@link RoleOverrides} decides. Asked in this order:
 *
 * <ol>
 *   <li>What is not FLOAT is a constant.
 *   <li>A running statistic of a normalisation is a buffer.
 *   <li>A layer's weight or bias is a parameter, also where it is transposed, reshaped, cut or gathered from first.
 *   <li>One side of arithmetic is a parameter if it has more than one element and no sign of being a constant; a single
 *       number is a constant.
 *   <li>All else is a constant.
 * </ol>
 *
 * Nothing is a parameter that no gradient can reach: there must be a way of real numbers from it to an output.
 */
final class InitializerRoles {

    /** How the readers of a value use it, directly or through operators that only move it. */
    private final Map<String, Set<InputUse>> uses = new HashMap<>();

    /** What QuantizeLinear nodes make. */
    private final Set<String> quantized = new HashSet<>();

    private InitializerRoles() {}

    static Map<String, InitializerRole> of(ModelGraph graph, Facts facts) {
        InitializerRoles roles = new InitializerRoles();
        roles.collect(graph, facts);
        Map<String, InitializerRole> result = new LinkedHashMap<>();
        graph.initializers().forEach((name, tensor) -> result.put(name, roles.role(tensor)));
        result.putAll(RoleOverrides.of(graph).apply(graph));
        return result;
    }

    /** Walks backwards, so that the uses of a node's outputs are known before those of its inputs. */
    private void collect(ModelGraph graph, Facts facts) {
        graph.outputs().stream().map(ValueInfo::name).forEach(this::at);
        graph.nodes().stream()
                .filter(node -> node.operator().equals("QuantizeLinear"))
                .forEach(node -> quantized.addAll(node.outputs()));
        List<GraphNode> nodes = graph.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            GraphNode node = nodes.get(i);
            Optional<Operator> operator = Operators.find(node);
            Set<InputUse> ofOutputs = EnumSet.noneOf(InputUse.class);
            boolean reachable = false;
            for (String output : node.outputs()) {
                if (uses.containsKey(output) && (isReal(output, facts) || isOfQuantized(node))) {
                    reachable = true;
                    ofOutputs.addAll(uses.get(output));
                }
            }
            if (reachable && operator.isPresent()) {
                for (int k = 0; k < node.inputs().size(); k++) {
                    if (node.hasInput(k)) {
                        InputUse use = k == 0 && isOfQuantized(node)
                                ? InputUse.CONTENT
                                : operator.get().use(k);
                        at(node.input(k)).addAll(use == InputUse.CONTENT ? ofOutputs : Set.of(use));
                    }
                }
            }
        }
    }

    /** Its output is of integers, but gradients pass by the straight-through estimator; a Clip may bound the integers. */
    private boolean isOfQuantized(GraphNode node) {
        return node.domain().isEmpty()
                && (node.operator().equals("QuantizeLinear")
                        || node.operator().equals("Clip") && quantized.contains(node.input(0)));
    }

    private Set<InputUse> at(String value) {
        return uses.computeIfAbsent(value, name -> EnumSet.noneOf(InputUse.class));
    }

    private static boolean isReal(String value, Facts facts) {
        return facts.types().getOrDefault(value, ElementType.FLOAT).isFloatingPoint();
    }

    private InitializerRole role(GraphTensor tensor) {
        Set<InputUse> found = uses.getOrDefault(tensor.name(), Set.of());
        if (tensor.type() != ElementType.FLOAT) {
            return InitializerRole.CONSTANT;
        }
        if (found.contains(InputUse.STATISTIC)) {
            return InitializerRole.BUFFER;
        }
        boolean trains = found.contains(InputUse.WEIGHT)
                || (found.contains(InputUse.OPERAND) && tensor.size() > 1 && !ConstantSigns.of(tensor));
        return trains ? InitializerRole.PARAMETER : InitializerRole.CONSTANT;
    }
}
