package io.reflux.model.operator.pooling;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One number for each channel over all its spatial axes. X: B×C×…, Y: B×C×1×…×1.
 *
 * @param type ONNX name
 * @param script TorchScript expression of {@code {x}}, the spatial {@code {axes}}, and the attribute {@code {p}}
 */
record GlobalPool(String type, String script) implements Operator {

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1)
                .oneOutput()
                .expect(p(node) >= 1, "p", p(node), ">= 1")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.requireRank("X", x, 3, Integer.MAX_VALUE);
        List<Long> y = new ArrayList<>(x.subList(0, 2));
        x.subList(2, x.size()).forEach(axis -> y.add(1L));
        return List.of(List.copyOf(y));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        long[] axes = LongStream.range(2, out.shape(node.input(0)).size()).toArray();
        out.assign(
                node.output(0),
                script.replace("{x}", out.value(node.input(0)))
                        .replace("{axes}", ScriptText.ints(axes))
                        .replace("{p}", String.valueOf(p(node))));
    }

    private static long p(GraphNode node) {
        return node.attributes().getInt("p", 2);
    }
}
