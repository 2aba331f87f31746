package io.reflux.model.operator;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Evaluates the nodes that read nothing but constants, all in one run of ONNX Runtime. What training changes is no
 * constant here, nor is anything made from it.
 */
final class ConstantFolding {

    /** Larger results are left to the graph: 16 Mi elements, 64 MiB of floats. */
    private static final long MAX_ELEMENTS = 1 << 24;

    private static final Set<String> NEVER = Set.of(
            "Bernoulli",
            "Dropout",
            "If",
            "Loop",
            "Multinomial",
            "RandomNormal",
            "RandomNormalLike",
            "RandomUniform",
            "RandomUniformLike",
            "Scan");

    private ConstantFolding() {}

    /** The outputs of nodes that could be evaluated, by name; empty if there are none that are not known already. */
    static Map<String, GraphTensor> fold(ModelGraph graph, Facts facts, Map<String, InitializerRole> roles) {
        Set<String> constants = new HashSet<>(facts.constants().keySet());
        constants.removeIf(name -> roles.getOrDefault(name, InitializerRole.CONSTANT) != InitializerRole.CONSTANT);
        List<GraphNode> nodes = new ArrayList<>();
        Map<String, GraphTensor> read = new HashMap<>();
        for (GraphNode node : graph.nodes()) {
            if (isFoldable(node, facts, constants)) {
                nodes.add(node);
                constants.addAll(node.outputs());
                node.inputs().stream()
                        .filter(facts::isConstant)
                        .forEach(input -> read.put(input, facts.constant(input)));
            }
        }
        return nodes.isEmpty() ? Map.of() : evaluate(graph, nodes, read, facts);
    }

    private static boolean isFoldable(GraphNode node, Facts facts, Set<String> constants) {
        return !NEVER.contains(node.operator())
                && node.outputs().stream().anyMatch(output -> !output.isEmpty() && !facts.isConstant(output))
                && node.outputs().stream().allMatch(output -> output.isEmpty() || isSmall(output, facts))
                && node.inputs().stream().allMatch(input -> input.isEmpty() || constants.contains(input));
    }

    private static boolean isSmall(String output, Facts facts) {
        List<Long> shape = facts.shapes().get(output);
        return shape != null && !shape.contains(Shapes.FREE) && Shapes.knownProduct(shape) <= MAX_ELEMENTS;
    }

    private static Map<String, GraphTensor> evaluate(
            ModelGraph graph, List<GraphNode> nodes, Map<String, GraphTensor> read, Facts facts) {
        List<String> outputs = nodes.stream()
                .flatMap(node -> node.outputs().stream())
                .filter(output -> !output.isEmpty() && isReadBack(output, facts))
                .toList();
        if (outputs.isEmpty()) {
            return Map.of();
        }
        byte[] model = graph.part(nodes, read, outputs, facts.types()).toByteArray();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            // Each node runs once; optimising it first would cost more than it saves.
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            try (OrtSession session = environment.createSession(model, options);
                    OrtSession.Result result = session.run(Map.of())) {
                Map<String, GraphTensor> values = new HashMap<>();
                for (String output : outputs) {
                    Optional.ofNullable(result.get(output).orElse(null))
                            .ifPresent(value -> values.put(output, tensor(output, (OnnxTensor) value)));
                }
                return values;
            }
        } catch (OrtException e) {
            throw new ModelException(
                    ModelException.Code.ENGINE,
                    graph.source() + ": ONNX Runtime cannot evaluate its constants: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given"),
                    e);
        }
    }

    /** ONNX Runtime's Java interface does not hand over all types; what is made of them, it does. */
    private static boolean isReadBack(String output, Facts facts) {
        ElementType type = facts.types().get(output);
        return type == null || type.isComputed();
    }

    private static GraphTensor tensor(String name, OnnxTensor value) {
        TensorInfo info = value.getInfo();
        ElementType type = switch (info.type) {
            case FLOAT -> ElementType.FLOAT;
            case DOUBLE -> ElementType.DOUBLE;
            case INT64 -> ElementType.INT64;
            case INT32 -> ElementType.INT32;
            case INT8 -> ElementType.INT8;
            case UINT8 -> ElementType.UINT8;
            case BOOL -> ElementType.BOOL;
            default ->
                throw new ModelException(
                        ModelException.Code.UNSUPPORTED, name + ": constant of " + info.type + " (expected: a number)");
        };
        return GraphTensor.of(name, type, info.getShape(), value.getByteBuffer());
    }
}
