package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.ConvolutionLayer;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import java.util.List;

/** A {@link ConvolutionLayer} in the place of an {@link ActivatedLayerPattern}; inputs and attributes as Conv's. */
final class FusedConvolution extends FusedOperator {

    /** As ONNX's own, so that it computes in the same precision. */
    static final String TYPE = "Conv";

    FusedConvolution() {
        super(TYPE);
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.output(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(node.output(0), out.convolution(ConvolutionLayer.of(node, out)));
    }
}
