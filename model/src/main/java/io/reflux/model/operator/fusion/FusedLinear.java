package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import java.util.List;

/** {@code torch.linear} in the place of a {@link LinearPattern}; inputs: X, weight K×N, bias N. */
final class FusedLinear extends FusedOperator {

    /** As ONNX's own, so that it computes in the same precision. */
    static final String TYPE = "Gemm";

    FusedLinear() {
        super(TYPE);
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.output(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                out.linear(
                        node.input(0),
                        "torch.t(" + out.value(node.input(1)) + ")",
                        out.shape(node.input(1)).get(1),
                        out.value(node.input(2))));
    }
}
