package io.reflux.model.operator.pooling;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Window;
import java.util.List;

/** The largest element under each window; padding never wins. X: B×C×(H×)W, Y: B×C×(H′×)W′. */
final class MaxPool implements Operator {

    /** What ONNX Runtime starts a window's maximum with: the lowest 32-bit float. */
    private static final String LOWEST = "-3.4028234663852886e+38";

    @Override
    public String type() {
        return "MaxPool";
    }

    @Override
    public String limits() {
        return "no indices as output";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        int rank = attributes.getInts("kernel_shape", List.of()).size();
        return Window.check(new Problems(node, 1, 1).oneOutput(), attributes, rank)
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(Pooling.outputShape(node, context));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        Window window = Pooling.window(node, out);
        String x = out.value(node.input(0));
        if (!window.symmetric() || window.overhangs() || !window.poolable()) {
            x = Window.padded(x, window.begin(), window.endWithOverhang(), LOWEST);
            window = window.withoutPadding();
        }
        out.assign(
                node.output(0),
                "torch.max_pool" + window.kernel().size() + "d(" + x + ", " + ScriptText.ints(window.kernel()) + ", "
                        + ScriptText.ints(window.strides()) + ", " + ScriptText.ints(window.begin()) + ", "
                        + ScriptText.ints(window.dilations()) + ", False)");
    }
}
