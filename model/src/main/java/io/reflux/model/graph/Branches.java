package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;

/** Puts sub-graphs in place of the nodes that hold them. Values keep their names: ONNX lets no sub-graph reuse one. */
final class Branches {

    private Branches() {}

    static ModelProto inline(ModelProto model, GraphNode node, String attribute) {
        ModelProto.Builder edited = model.toBuilder();
        GraphProto.Builder graph = edited.getGraphBuilder();
        int index = indexOf(graph, node);
        GraphProto branch = branch(graph.getNode(index), node, attribute);
        if (branch.getOutputCount() != node.outputs().size()) {
            throw new ModelException(
                    ModelException.Code.MALFORMED,
                    "node " + node.label() + ": " + attribute + " with " + branch.getOutputCount()
                            + " outputs (expected: " + node.outputs().size() + ")");
        }
        graph.removeNode(index);
        branch.getInitializerList()
                .forEach(tensor -> graph.addNode(NodeProto.newBuilder()
                        .setOpType("Constant")
                        .setName(node.name() + "/" + tensor.getName())
                        .addOutput(tensor.getName())
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("value")
                                .setType(AttributeType.TENSOR)
                                .setT(tensor))));
        branch.getNodeList()
                .forEach(inner -> graph.addNode(inner.toBuilder()
                        .setName(inner.getName().isEmpty() ? "" : node.name() + "/" + inner.getName())));
        for (int i = 0; i < node.outputs().size(); i++) {
            graph.addNode(NodeProto.newBuilder()
                    .setOpType("Identity")
                    .setName(node.name() + "/output_" + i)
                    .addInput(branch.getOutput(i).getName())
                    .addOutput(node.output(i)));
        }
        return edited.build();
    }

    /** Files may leave nodes without a name, but never without a first output of their own. */
    private static int indexOf(GraphProto.Builder graph, GraphNode node) {
        for (int i = 0; i < graph.getNodeCount(); i++) {
            if (graph.getNode(i).getOutputList().equals(node.outputs())) {
                return i;
            }
        }
        throw new ModelException(
                ModelException.Code.INVALID_ARGUMENT, "node " + node.label() + ": not there (expected: a node)");
    }

    private static GraphProto branch(NodeProto proto, GraphNode node, String attribute) {
        return proto.getAttributeList().stream()
                .filter(candidate -> candidate.getName().equals(attribute) && candidate.hasG())
                .map(AttributeProto::getG)
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.MALFORMED,
                        "node " + node.label() + ": attribute " + attribute + ": absent (expected: a sub-graph)"));
    }
}
