package io.reflux.model.operator;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.attention.AttentionOperators;
import io.reflux.model.operator.constant.ConstantOperators;
import io.reflux.model.operator.control.ControlOperators;
import io.reflux.model.operator.convolution.ConvolutionOperators;
import io.reflux.model.operator.elementwise.ElementwiseOperators;
import io.reflux.model.operator.indexing.IndexingOperators;
import io.reflux.model.operator.layout.LayoutOperators;
import io.reflux.model.operator.matrix.MatrixOperators;
import io.reflux.model.operator.normalization.NormalizationOperators;
import io.reflux.model.operator.pooling.PoolingOperators;
import io.reflux.model.operator.probability.ProbabilityOperators;
import io.reflux.model.operator.quantization.QuantizationOperators;
import io.reflux.model.operator.reduction.ReductionOperators;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
            .collect(Collectors.toMap(Operator::type, operator -> operator, Operators::twice, TreeMap::new)));

    private Operators() {}

    private static Operator twice(Operator a, Operator b) {
        throw new IllegalStateException(a.type() + ": in two families (expected: one)");
    }

    /** ONNX names of the supported operators, sorted. */
    public static Set<String> supported() {
        return TABLE.keySet();
    }

    /** @throws ModelException if the operator is not supported; {@link #check} says so for all nodes at once */
    public static Operator of(GraphNode node) {
        Operator operator = node.domain().isEmpty() ? TABLE.get(node.operator()) : null;
        if (operator == null) {
            throw new ModelException(ModelException.Code.UNSUPPORTED, "node " + node.label() + ": " + unknown(node));
        }
        return operator;
    }

    /**
     * Checks that every node is supported and that inputs are 32-bit floats or 64-bit integers.
     *
     * @throws ModelException with every unsupported node in its one message: name, operator and why
     */
    public static void check(ModelGraph graph) {
        NodeContext context = GraphContext.withoutShapes(graph);
        List<String> found = new ArrayList<>();
        for (ValueInfo input : graph.inputs()) {
            if (input.type() != ElementType.FLOAT && input.type() != ElementType.INT64) {
                found.add("input " + input.name() + ": " + input.type() + " (expected: FLOAT or INT64)");
            }
        }
        for (GraphNode node : graph.nodes()) {
            problems(node, context).forEach(problem -> found.add("node " + node.label() + ": " + problem));
        }
        if (!found.isEmpty()) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED,
                    graph.source() + " (operator set " + graph.opset() + "): " + String.join("; ", found));
        }
    }

    /**
     * What training does with each initialiser: a buffer if any node treats it as one, else a parameter if any node
     * trains it, else a constant. Integers are constants.
     */
    public static Map<String, InitializerRole> roles(ModelGraph graph) {
        Map<String, InitializerRole> roles = new LinkedHashMap<>();
        graph.initializers().keySet().forEach(name -> roles.put(name, InitializerRole.CONSTANT));
        for (GraphNode node : graph.nodes()) {
            Operator operator = of(node);
            for (int i = 0; i < node.inputs().size(); i++) {
                GraphTensor tensor = graph.initializers().get(node.input(i));
                if (tensor != null && tensor.type().isFloatingPoint()) {
                    roles.merge(tensor.name(), operator.role(i), Operators::stronger);
                }
            }
        }
        return Collections.unmodifiableMap(roles);
    }

    private static InitializerRole stronger(InitializerRole a, InitializerRole b) {
        if (a == InitializerRole.BUFFER || b == InitializerRole.BUFFER) {
            return InitializerRole.BUFFER;
        }
        return a == InitializerRole.PARAMETER ? a : b;
    }

    private static List<String> problems(GraphNode node, NodeContext context) {
        Operator operator = node.domain().isEmpty() ? TABLE.get(node.operator()) : null;
        if (operator == null) {
            return List.of(unknown(node));
        }
        try {
            List<String> found = new ArrayList<>(operator.problems(node, context));
            for (int i = 0; i < node.inputs().size(); i++) {
                String input = node.input(i);
                if (operator.role(i) != InitializerRole.CONSTANT && context.isConstant(input)) {
                    ElementType type = context.constant(input).type();
                    if (type != ElementType.FLOAT) {
                        found.add("input " + input + ": " + type + " (expected: FLOAT)");
                    }
                }
            }
            return found;
        } catch (ModelException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static String unknown(GraphNode node) {
        return node.domain().isEmpty() ? "unsupported operator" : "unsupported operator of domain " + node.domain();
    }
}
