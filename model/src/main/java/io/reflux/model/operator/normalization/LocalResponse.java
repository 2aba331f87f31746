package io.reflux.model.operator.normalization;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/**
 * LRN: y = x / (bias + alpha · m)^beta, m the mean of squares over {@code size} neighbouring channels, zeros beyond the
 * first and the last (Krizhevsky et al. 2012, sec. 3.3). Of an even size, the larger half lies behind. X: B×C×….
 */
final class LocalResponse implements Operator {

    @Override
    public String type() {
        return "LRN";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        return new Problems(node, 1, 1)
                .oneOutput()
                .expect(size(node) >= 1, "size", size(node), ">= 1")
                .finite("alpha", attributes.getFloat("alpha", 1e-4f))
                .finite("beta", attributes.getFloat("beta", 0.75f))
                .finite("bias", attributes.getFloat("bias", 1))
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.requireRank("X", x, 3, Integer.MAX_VALUE);
        return List.of(x);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        Attributes attributes = node.attributes();
        String x = out.value(node.input(0));
        long size = size(node);
        // As an image of channels × positions, so that pooling takes the mean over channels.
        String squares = "torch.unsqueeze(torch.flatten(torch.mul(" + x + ", " + x + "), 2, -1), 1)";
        String padded =
                "torch.constant_pad_nd(" + squares + ", " + ScriptText.ints(0, 0, (size - 1) / 2, size / 2) + ", 0)";
        String mean = "torch.reshape(torch.avg_pool2d(" + padded + ", " + ScriptText.ints(size, 1)
                + ", [1, 1], [0, 0], False, True), torch.size(" + x + "))";
        String base = "torch.add(torch.mul(" + mean + ", " + number(attributes, "alpha", 1e-4f) + "), "
                + number(attributes, "bias", 1) + ")";
        out.assign(
                node.output(0),
                "torch.div(" + x + ", torch.pow(" + base + ", " + number(attributes, "beta", 0.75f) + "))");
    }

    private static String number(Attributes attributes, String name, float value) {
        return ScriptText.number(attributes.getFloat(name, value));
    }

    private static long size(GraphNode node) {
        return node.attributes().getInt("size", 0);
    }
}
