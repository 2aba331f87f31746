package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import java.util.List;

/** {@code torch.gelu} in the place of a {@link GeluPattern}. */
final class FusedGelu extends FusedOperator {

    /** As ONNX's own, so that it computes in the same precision. */
    static final String TYPE = "Gelu";

    FusedGelu() {
        super(TYPE);
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String form = node.attributes().getString("approximate", "none");
        out.assign(node.output(0), "torch.gelu(" + out.value(node.input(0)) + ", approximate=\"" + form + "\")");
    }
}
