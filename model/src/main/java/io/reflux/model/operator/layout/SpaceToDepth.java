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

/** Squares of pixels laid out as channels: B×C×(H·b)×(W·b) to B×(C·b²)×H×W, the channels of a square C apart. */
final class SpaceToDepth implements Operator {

    @Override
    public String type() {
        return "SpaceToDepth";
    }

    @Override
    public String limits() {
        return "H and W known";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1)
                .oneOutput()
                .expect(block(node) >= 1, "blocksize", block(node), ">= 1")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        long b = block(node);
        Shapes.requireRank("X", x, 4, 4);
        if (x.subList(1, 4).contains(Shapes.FREE) || x.get(2) % b != 0 || x.get(3) % b != 0) {
            throw Shapes.mismatch("X " + x, "known sizes that " + b + " divides");
        }
        return List.of(List.of(x.get(0), x.get(1) * b * b, x.get(2) / b, x.get(3) / b));
    }

    @Override
    public InputUse use(int input) {
        return InputUse.CONTENT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        List<Long> x = out.shape(node.input(0));
        List<Long> y = out.shape(node.output(0));
        long b = block(node);
        String squares = ScriptText.ints(-1, x.get(1), y.get(2), b, y.get(3), b);
        out.assign(
                node.output(0),
                "torch.reshape(torch.permute(torch.reshape(" + out.value(node.input(0)) + ", " + squares
                        + "), [0, 3, 5, 1, 2, 4]), " + ScriptText.ints(-1, y.get(1), y.get(2), y.get(3)) + ")");
    }

    private static long block(GraphNode node) {
        return node.attributes().getInt("blocksize", 0);
    }
}
