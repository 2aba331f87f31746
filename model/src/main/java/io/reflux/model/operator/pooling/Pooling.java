package io.reflux.model.operator.pooling;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.Window;
import java.util.ArrayList;
import java.util.List;

/** Shapes of pooling with a window, the same for every kind of pooling. */
final class Pooling {

    private Pooling() {}

    static List<Long> outputShape(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        int rank = kernel(node).size() + 2;
        Shapes.requireRank("X", x, rank, rank);
        Window window = window(node, context);
        window.requireInside();
        List<Long> y = new ArrayList<>(x.subList(0, 2));
        y.addAll(window.output());
        return List.copyOf(y);
    }

    static Window window(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Window window = Window.of(node, kernel(node), x.subList(2, x.size()));
        if (window.overhang().contains(Shapes.FREE)) {
            throw Shapes.mismatch("ceil_mode 1 over X " + x, "spatial axes of known size");
        }
        return window;
    }

    private static List<Long> kernel(GraphNode node) {
        return node.attributes().getInts("kernel_shape", List.of());
    }
}
