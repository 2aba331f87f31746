package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The checked reading of a model file's message, made once for each graph. */
record GraphContent(
        int opset,
        List<GraphNode> nodes,
        List<ValueInfo> inputs,
        List<ValueInfo> outputs,
        Map<String, GraphTensor> initializers,
        Map<String, GraphTensor> constants) {

    static GraphContent of(ModelProto model) {
        if (!model.hasGraph()) {
            throw malformed("no graph (expected: an ONNX model)");
        }
        int opset = opset(model);
        GraphProto graph = model.getGraph();
        Map<String, GraphTensor> initializers = initializers(graph);
        List<ValueInfo> inputs = graph.getInputList().stream()
                .filter(input -> !initializers.containsKey(input.getName()))
                .map(input -> valueInfo("input", input))
                .toList();
        List<GraphNode> nodes = TopologicalOrder.sort(nodes(graph), available(inputs, initializers));
        List<ValueInfo> outputs = graph.getOutputList().stream()
                .map(output -> valueInfo("output", output))
                .toList();
        checkOutputs(outputs, nodes, available(inputs, initializers));
        return new GraphContent(opset, nodes, inputs, outputs, initializers, constants(initializers, nodes));
    }

    private static int opset(ModelProto model) {
        long opset = model.getOpsetImportList().stream()
                .filter(set -> isOnnx(set.getDomain()))
                .mapToLong(OperatorSetIdProto::getVersion)
                .max()
                .orElse(0);
        if (opset < ModelGraph.MIN_OPSET || opset > ModelGraph.MAX_OPSET) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED,
                    "operator set: " + (opset == 0 ? "none" : opset) + " (expected: " + ModelGraph.MIN_OPSET + " to "
                            + ModelGraph.MAX_OPSET + ")");
        }
        return (int) opset;
    }

    static boolean isOnnx(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private static Map<String, GraphTensor> initializers(GraphProto graph) {
        if (graph.getSparseInitializerCount() > 0) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED,
                    "sparse initialiser "
                            + graph.getSparseInitializer(0).getValues().getName() + " (expected: dense initialisers)");
        }
        Map<String, GraphTensor> tensors = new LinkedHashMap<>();
        for (TensorProto proto : graph.getInitializerList()) {
            if (proto.getName().isEmpty()) {
                throw malformed("an initialiser without a name (expected: a name)");
            }
            GraphTensor tensor;
            try {
                tensor = TensorProtos.read(proto);
            } catch (ModelException e) {
                throw new ModelException(e.code(), "initialiser " + e.getMessage(), e);
            }
            if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
                throw malformed("initialiser " + tensor.name() + ": given twice (expected: once)");
            }
        }
        return Collections.unmodifiableMap(tensors);
    }

    /** Reads a value's type; an output may lack a shape, an input may not. */
    private static ValueInfo valueInfo(String kind, ValueInfoProto proto) {
        String label = kind + " " + proto.getName();
        if (!proto.getType().hasTensorType()) {
            throw new ModelException(ModelException.Code.UNSUPPORTED, label + ": not a tensor (expected: a tensor)");
        }
        var tensorType = proto.getType().getTensorType();
        ElementType type = ElementType.of(tensorType.getElemType())
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.UNSUPPORTED,
                        label + ": " + ElementType.onnxName(tensorType.getElemType()) + " (expected: one of "
                                + ElementType.names() + ")"));
        if (!tensorType.hasShape() && kind.equals("input")) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED,
                    label + ": no shape (expected: a shape with a free batch dimension)");
        }
        List<Long> shape = tensorType.getShape().getDimList().stream()
                .map(GraphContent::dimension)
                .toList();
        try {
            List<String> names = tensorType.getShape().getDimList().stream()
                    .map(Dimension::getDimParam)
                    .toList();
            return new ValueInfo(proto.getName(), type, shape, names);
        } catch (ModelException e) {
            throw new ModelException(e.code(), kind + " " + e.getMessage(), e);
        }
    }

    private static Long dimension(Dimension dimension) {
        return dimension.hasDimValue() ? dimension.getDimValue() : -1L;
    }

    private static Set<String> available(List<ValueInfo> inputs, Map<String, GraphTensor> initializers) {
        Set<String> names = new HashSet<>(initializers.keySet());
        for (ValueInfo input : inputs) {
            if (!names.add(input.name())) {
                throw malformed("input " + input.name() + ": given twice (expected: once)");
            }
        }
        return names;
    }

    private static List<GraphNode> nodes(GraphProto graph) {
        Set<String> names = new HashSet<>();
        for (NodeProto proto : graph.getNodeList()) {
            if (!proto.getName().isEmpty() && !names.add(proto.getName())) {
                throw malformed("node " + proto.getName() + ": name given twice (expected: once)");
            }
        }
        List<GraphNode> nodes = new ArrayList<>();
        for (NodeProto proto : graph.getNodeList()) {
            String name = proto.getName();
            for (int i = nodes.size(); name.isEmpty(); i++) {
                String madeUp = proto.getOpType() + "_" + i;
                name = names.add(madeUp) ? madeUp : "";
            }
            nodes.add(node(name, proto));
        }
        return nodes;
    }

    static GraphNode node(String name, NodeProto proto) {
        Attributes attributes;
        try {
            attributes = Attributes.of(proto.getAttributeList());
        } catch (ModelException e) {
            throw e.in("node " + name);
        }
        return new GraphNode(
                name,
                proto.getOpType(),
                isOnnx(proto.getDomain()) ? "" : proto.getDomain(),
                proto.getInputList(),
                proto.getOutputList(),
                attributes);
    }

    private static void checkOutputs(List<ValueInfo> outputs, List<GraphNode> nodes, Set<String> available) {
        if (outputs.isEmpty()) {
            throw malformed("no outputs (expected: at least one)");
        }
        Set<String> known = new HashSet<>(available);
        nodes.forEach(node -> known.addAll(node.outputs()));
        Set<String> seen = new HashSet<>();
        for (ValueInfo output : outputs) {
            if (!known.contains(output.name())) {
                throw malformed("output " + output.name() + ": made by no node (expected: a value of the graph)");
            }
            if (!seen.add(output.name())) {
                throw malformed("output " + output.name() + ": given twice (expected: once)");
            }
        }
    }

    private static Map<String, GraphTensor> constants(Map<String, GraphTensor> initializers, List<GraphNode> nodes) {
        Map<String, GraphTensor> constants = new LinkedHashMap<>(initializers);
        for (GraphNode node : nodes) {
            if (node.operator().equals("Constant") && node.domain().isEmpty()) {
                GraphTensor value;
                try {
                    value = constantValue(node);
                } catch (ModelException e) {
                    throw e.in("node " + node.name());
                }
                if (value != null) {
                    constants.put(node.output(0), value);
                }
            }
        }
        return Collections.unmodifiableMap(constants);
    }

    /** The value of a Constant node, or null for the kinds (strings, sparse) that {@link GraphTensor} cannot hold. */
    private static @Nullable GraphTensor constantValue(GraphNode node) {
        String name = node.output(0);
        Attributes attributes = node.attributes();
        GraphTensor tensor = attributes.names().contains("value") ? attributes.getTensor("value") : null;
        if (tensor != null) {
            return tensor.withName(name);
        }
        if (attributes.names().contains("value_float")) {
            return GraphTensor.of(name, new long[0], new float[] {attributes.getFloat("value_float", 0)});
        }
        if (attributes.names().contains("value_int")) {
            return GraphTensor.of(name, new long[0], new long[] {attributes.getInt("value_int", 0)});
        }
        if (attributes.names().contains("value_ints")) {
            long[] values = attributes.getInts("value_ints", List.of()).stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            return GraphTensor.of(name, new long[] {values.length}, values);
        }
        if (attributes.names().contains("value_floats")) {
            List<Float> list = attributes.getFloats("value_floats", List.of());
            float[] values = new float[list.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = list.get(i);
            }
            return GraphTensor.of(name, new long[] {values.length}, values);
        }
        return null;
    }

    private static ModelException malformed(String message) {
        return new ModelException(ModelException.Code.MALFORMED, message);
    }
}
