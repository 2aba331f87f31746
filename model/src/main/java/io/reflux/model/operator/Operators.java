package io.reflux.model.operator;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.attention.AttentionOperators;
import io.reflux.model.operator.constant.ConstantOperators;
import io.reflux.model.operator.control.ControlOperators;
import io.reflux.model.operator.convolution.ConvolutionOperators;
import io.reflux.model.operator.elementwise.ElementwiseOperators;
import io.reflux.model.operator.fusion.Fusions;
import io.reflux.model.operator.indexing.IndexingOperators;
import io.reflux.model.operator.layout.LayoutOperators;
import io.reflux.model.operator.matrix.MatrixOperators;
import io.reflux.model.operator.normalization.NormalizationOperators;
import io.reflux.model.operator.pooling.PoolingOperators;
import io.reflux.model.operator.probability.ProbabilityOperators;
import io.reflux.model.operator.quantization.QuantizationOperators;
import io.reflux.model.operator.reduction.ReductionOperators;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of supported operators. */
public final class Operators {

    /** Adding an operator is one line in the table of its family. */
    private static final Map<String, Operator> TABLE = Collections.unmodifiableMap(Stream.of(
                    AttentionOperators.all(),
                    ConstantOperators.all(),
                    ControlOperators.all(),
                    ConvolutionOperators.all(),
                    ElementwiseOperators.all(),
                    IndexingOperators.all(),
                    LayoutOperators.all(),
                    MatrixOperators.all(),
                    NormalizationOperators.all(),
                    PoolingOperators.all(),
                    ProbabilityOperators.all(),
                    QuantizationOperators.all(),
                    ReductionOperators.all())
            .flatMap(List::stream)
            .collect(Collectors.toMap(
                    operator -> key(operator.domain(), operator.type()),
                    operator -> operator,
                    Operators::twice,
                    TreeMap::new)));

    private Operators() {}

    private static Operator twice(Operator a, Operator b) {
        throw new IllegalStateException(a.type() + ": in two families (expected: one)");
    }

    /** Every supported operator, by domain and name. */
    public static List<Operator> all() {
        return List.copyOf(TABLE.values());
    }

    /** Names of the supported operators, sorted; those outside ONNX's own set as {@code domain.Name}. */
    public static Set<String> supported() {
        return TABLE.keySet();
    }

    /** @throws ModelException if the operator is not supported; {@link #check} says so for all nodes at once */
    public static Operator of(GraphNode node) {
        return find(node)
                .or(() -> Fusions.operator(node))
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.UNSUPPORTED, "node " + node.label() + ": " + unknown(node)));
    }

    static Optional<Operator> find(GraphNode node) {
        return Optional.ofNullable(TABLE.get(key(node.domain(), node.operator())));
    }

    /**
     * Checks that every node is supported.
     *
     * @throws ModelException with every unsupported node in its one message: name, operator and why
     */
    public static void check(ModelGraph graph) {
        try {
            GraphContext.of(graph);
        } catch (ModelException e) {
            if (e.code() == ModelException.Code.UNSUPPORTED) {
                throw e;
            }
        }
    }

    /**
     * What training does with each initialiser. Unless {@link RoleOverrides} say otherwise: what is not FLOAT is a
     * constant; a normalisation's running statistics are buffers; weights and biases of layers are parameters, also
     * where they are transposed, reshaped or cut first; one side of arithmetic and a table to gather from are parameters
     * if they have more than one element, are not named like a value that an exporter computed and hold no number of a
     * mask; all else is a constant. What no gradient can reach is a constant.
     *
     * @throws ModelException as {@link GraphContext#of}
     */
    public static Map<String, InitializerRole> roles(ModelGraph graph) {
        return GraphContext.of(graph).roles();
    }

    /** Why a node cannot be used, one line for each reason; empty = it can. */
    static List<String> problems(Optional<Operator> found, GraphNode node, NodeContext context) {
        if (found.isEmpty()) {
            return List.of(unknown(node));
        }
        Operator operator = found.get();
        if (operator.domain().isEmpty() && context.opset() < operator.since()) {
            return List.of("operator set: " + context.opset() + " (expected: >= " + operator.since() + ")");
        }
        try {
            List<String> problems = new ArrayList<>(operator.problems(node, context));
            for (int i = 0; i < node.inputs().size(); i++) {
                boolean trains = operator.use(i) == InputUse.WEIGHT || operator.use(i) == InputUse.STATISTIC;
                if (trains && context.isConstant(node.input(i))) {
                    ElementType type = context.constant(node.input(i)).type();
                    if (type != ElementType.FLOAT) {
                        problems.add("input " + node.input(i) + ": " + type + " (expected: FLOAT)");
                    }
                }
            }
            return problems;
        } catch (ModelException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static String key(String domain, String type) {
        return domain.isEmpty() ? type : domain + "." + type;
    }

    private static String unknown(GraphNode node) {
        return node.domain().isEmpty() ? "unsupported operator" : "unsupported operator of domain " + node.domain();
    }
}
