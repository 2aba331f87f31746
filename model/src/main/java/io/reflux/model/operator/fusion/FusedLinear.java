package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.DenseLayer;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import java.util.List;

/** A {@link DenseLayer} in the place of a {@link LinearPattern} or an {@link ActivatedLayerPattern}; inputs as Gemm's. */
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
        out.assign(node.output(0), out.linear(DenseLayer.of(node, out).orElseThrow()));
    }
}
