package io.reflux.model.operator;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is known so far about the values of a graph, by name; it grows while the nodes are walked.
 *
 * @param inputs names of what is fed in
 * @param sizes the shapes again, with expressions in place of -1
 * @param integers of values that are integers and known, but not all of them numbers (those are constants)
 */
record Facts(
        int opset,
        Set<String> inputs,
        Map<String, GraphTensor> constants,
        Map<String, List<Long>> shapes,
        Map<String, List<SymbolicInt>> sizes,
        Map<String, ElementType> types,
        Map<String, SymbolicInts> integers)
        implements NodeContext {

    /**
     * What is known before any node.
     *
     * @param folded constants that were computed from others
     */
    static Facts start(ModelGraph graph, Map<String, GraphTensor> folded) {
        Facts facts = new Facts(
                graph.opset(),
                graph.inputs().stream().map(ValueInfo::name).collect(Collectors.toSet()),
                new HashMap<>(folded),
                new LinkedHashMap<>(),
                new HashMap<>(),
                new HashMap<>(),
                new HashMap<>());
        Map<String, SymbolicInt> named = new HashMap<>();
        graph.inputs().forEach(input -> {
            facts.shapes.put(input.name(), input.shape());
            facts.sizes.put(input.name(), inputSizes(input, named));
            facts.types.put(input.name(), input.type());
        });
        graph.initializers().forEach(facts::know);
        graph.nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .forEach(output -> graph.constant(output).ifPresent(constant -> facts.know(output, constant)));
        return facts;
    }

    /** A free size that the file gives a name is the same wherever it gives that name. */
    private static List<SymbolicInt> inputSizes(ValueInfo input, Map<String, SymbolicInt> named) {
        List<SymbolicInt> sizes = new ArrayList<>();
        for (int axis = 0; axis < input.shape().size(); axis++) {
            SymbolicInt itself = new SymbolicInt.SizeOf(input.name(), axis);
            String name = input.dimensionNames().get(axis);
            long size = input.shape().get(axis);
            if (size != Shapes.FREE) {
                sizes.add(SymbolicInt.of(size));
            } else {
                sizes.add(name.isEmpty() ? itself : named.computeIfAbsent(name, key -> itself));
            }
        }
        return List.copyOf(sizes);
    }

    void know(String name, GraphTensor constant) {
        constants.put(name, constant);
        shapes.put(name, Shapes.of(constant));
        sizes.put(name, Shapes.of(constant).stream().map(SymbolicInt::of).toList());
        types.put(name, constant.type());
    }

    /** Whether all that a node reads has a shape and a type. */
    boolean covers(GraphNode node) {
        return node.inputs().stream().allMatch(input -> input.isEmpty() || shapes.containsKey(input));
    }

    /** @throws ModelException if the inputs do not fit each other */
    void addOutputs(Operator operator, GraphNode node) {
        List<ElementType> outputTypes = operator.outputTypes(node, this);
        List<List<Long>> outputShapes = operator.outputShapes(node, this);
        List<List<SymbolicInt>> outputSizes = SizeProbe.sizes(operator, node, this, outputShapes);
        for (int i = 0; i < node.outputs().size() && i < outputShapes.size(); i++) {
            String output = node.output(i);
            if (output.isEmpty()) {
                continue;
            }
            if (constants.containsKey(output)) {
                know(output, constants.get(output));
                continue;
            }
            ElementType type = outputTypes.get(i);
            sizes.put(output, outputSizes.get(i));
            shapes.put(
                    output,
                    outputSizes.get(i).stream().map(SymbolicInt::dimension).toList());
            types.put(output, type);
            operator.outputIntegers(node, this, i).ifPresent(known -> {
                if (known.isConstant()) {
                    constants.put(output, known.constant(output, type));
                } else {
                    integers.put(output, known);
                }
            });
        }
    }

    /** The values whose sizes stand in expressions, each with the values whose sizes or elements those are. */
    Map<String, Set<String>> measured() {
        Map<String, Set<String>> measured = new HashMap<>();
        sizes.forEach((value, expressions) -> note(measured, value, expressions));
        integers.forEach((value, known) -> note(measured, value, known.elements()));
        return measured;
    }

    private static void note(Map<String, Set<String>> measured, String value, List<SymbolicInt> expressions) {
        Set<SymbolicInt.SizeOf> found = new HashSet<>();
        expressions.forEach(expression -> expression.collect(found));
        found.forEach(size ->
                measured.computeIfAbsent(size.value(), name -> new HashSet<>()).add(value));
    }

    @Override
    public boolean isConstant(String onnxName) {
        return constants.containsKey(onnxName);
    }

    @Override
    public GraphTensor constant(String onnxName) {
        GraphTensor constant = constants.get(onnxName);
        if (constant == null) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED, onnxName + ": not a constant (expected: a constant)");
        }
        return constant;
    }

    @Override
    public List<Long> shape(String onnxName) {
        List<Long> shape = shapes.get(onnxName);
        if (shape == null) {
            throw new ModelException(
                    ModelException.Code.MALFORMED, onnxName + ": no shape (expected: an inferred one)");
        }
        return shape;
    }

    @Override
    public SymbolicInt size(String onnxName, int axis) {
        shape(onnxName);
        return sizes.get(onnxName).get(axis);
    }

    @Override
    public ElementType type(String onnxName) {
        ElementType type = types.get(onnxName);
        if (type == null) {
            throw new ModelException(
                    ModelException.Code.MALFORMED, onnxName + ": no element type (expected: an inferred one)");
        }
        return type;
    }

    @Override
    public Optional<SymbolicInts> integers(String onnxName) {
        GraphTensor constant = constants.get(onnxName);
        return constant != null ? SymbolicInts.of(constant) : Optional.ofNullable(integers.get(onnxName));
    }
}
