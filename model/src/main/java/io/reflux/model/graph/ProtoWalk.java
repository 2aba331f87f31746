package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Visits a graph's message and the sub-graphs that its nodes hold, to edit them in place. */
final class ProtoWalk {

    private ProtoWalk() {}

    /** The graph first, then its sub-graphs. */
    static void graphs(GraphProto.Builder graph, Consumer<GraphProto.Builder> visitor) {
        visitor.accept(graph);
        attributes(graph, attribute -> {
            if (attribute.hasG()) {
                graphs(attribute.getGBuilder(), visitor);
            }
            attribute.getGraphsBuilderList().forEach(inner -> graphs(inner, visitor));
        });
    }

    /** The attributes of a graph's own nodes. */
    static void attributes(GraphProto.Builder graph, Consumer<AttributeProto.Builder> visitor) {
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            node.getAttributeBuilderList().forEach(visitor);
        }
    }

    /** Replaces the tensors of a graph and of its sub-graphs, initialisers and attributes. */
    static void tensors(GraphProto.Builder graph, UnaryOperator<TensorProto> edit) {
        graphs(graph, each -> {
            for (int i = 0; i < each.getInitializerCount(); i++) {
                each.setInitializer(i, edit.apply(each.getInitializer(i)));
            }
            attributes(each, attribute -> {
                if (attribute.hasT()) {
                    attribute.setT(edit.apply(attribute.getT()));
                }
            });
        });
    }
}
