package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;
import java.util.stream.IntStream;

/** The axes in another order; turned round where no order is given. */
final class Transpose implements Operator {

    @Override
    public String type() {
        return "Transpose";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        return List.of(
                order(node, x).stream().map(axis -> x.get((int) (long) axis)).toList());
    }

    @Override
    public InputUse use(int input) {
        return InputUse.CONTENT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                "torch.permute(" + out.value(node.input(0)) + ", "
                        + ScriptText.ints(order(node, out.shape(node.input(0)))) + ")");
    }

    private static List<Long> order(GraphNode node, List<Long> x) {
        List<Long> turned = IntStream.range(0, x.size())
                .mapToObj(i -> (long) x.size() - 1 - i)
                .toList();
        List<Long> order = node.attributes().getInts("perm", turned);
        if (!order.stream().sorted().toList().equals(turned.stream().sorted().toList())) {
            throw Shapes.mismatch("perm " + order, "each axis of X " + x + " once");
        }
        return order;
    }
}
