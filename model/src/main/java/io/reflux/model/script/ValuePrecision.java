package io.reflux.model.script;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.precision.OperatorPrecision;
import io.reflux.model.precision.Precision;
import io.reflux.model.precision.PrecisionPolicy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a method are held in 16 bits, and in which each node shall read and write them.
 *
 * <p>A value is cast at most once each way in a call of the method, however many nodes read it.
 */
final class ValuePrecision {

    private final NodeContext context;
    private final Precision precision;
    private final Set<String> low = new HashSet<>();
    private final Map<String, String> casts = new HashMap<>();
    private @Nullable GraphNode node;
    private boolean readsLow;

    ValuePrecision(NodeContext context, Precision precision) {
        this.context = context;
        this.precision = precision;
    }

    /** From now on this node reads and writes. */
    void enter(GraphNode next) {
        node = next;
        readsLow = precision != Precision.FP32
                && switch (policy(next)) {
                    case LOW -> true;
                    case FULL -> false;
                    case FOLLOW -> follows(next);
                    case STATISTICS -> low.contains(next.input(0));
                };
    }

    /** From now on values are read in fp32: as outputs of the graph. */
    void leave() {
        node = null;
        readsLow = false;
    }

    /** Notes that the node has written a value. */
    void written(String onnxName) {
        if (readsLow && isFloat(onnxName)) {
            low.add(onnxName);
        }
    }

    /** Whether the node must cast a value to read it. */
    boolean needsCast(String onnxName) {
        return isFloat(onnxName) && low.contains(onnxName) != readsLow(onnxName);
    }

    /** The variable that holds the cast of a value, or null if there is none yet. */
    @Nullable
    String cast(String onnxName) {
        return casts.get(onnxName);
    }

    /** Notes the variable that holds the cast of a value. */
    void cast(String onnxName, String variable) {
        casts.put(onnxName, variable);
    }

    /** Number of the element type that the node reads a value in. */
    int scriptType(String onnxName) {
        return (readsLow(onnxName) ? precision : Precision.FP32).scriptType();
    }

    private boolean readsLow(String onnxName) {
        boolean isStatistic =
                node != null && policy(node) == OperatorPrecision.STATISTICS && !onnxName.equals(node.input(0));
        return readsLow && !isStatistic;
    }

    /** Weights and constants take the precision of what was computed. */
    private boolean follows(GraphNode next) {
        boolean anyLow = false;
        for (String input : next.inputs()) {
            if (!input.isEmpty() && isFloat(input) && !context.isConstant(input)) {
                if (!low.contains(input)) {
                    return false;
                }
                anyLow = true;
            }
        }
        return anyLow;
    }

    private boolean isFloat(String onnxName) {
        return context.type(onnxName) == ElementType.FLOAT;
    }

    private OperatorPrecision policy(GraphNode node) {
        return PrecisionPolicy.of(node, context);
    }
}
