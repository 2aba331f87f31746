package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import java.util.List;
import java.util.Set;

/**
 * Blocks of channels laid out as squares of pixels. B×C×H×W to B×(C/b²)×(H·b)×(W·b); DCR takes the channels of a square
 * C/b² apart, CRD beside each other.
 */
final class DepthToSpace implements Operator {

    @Override
    public String type() {
        return "DepthToSpace";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        String mode = mode(node);
        return new Problems(node, 1, 1)
                .oneOutput()
                .expect(Set.of("DCR", "CRD").contains(mode), "mode", mode, "DCR or CRD")
                .expect(block(node) >= 1, "blocksize", block(node), ">= 1")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        long b = block(node);
        Shapes.requireRank("X", x, 4, 4);
        if (x.get(1) == Shapes.FREE || x.get(1) % (b * b) != 0) {
            throw Shapes.mismatch("X " + x, "channels that " + b * b + " divides");
        }
        return List.of(List.of(x.get(0), x.get(1) / (b * b), times(x.get(2), b), times(x.get(3), b)));
    }

    @Override
    public InputUse use(int input) {
        return InputUse.CONTENT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        long b = block(node);
        if (mode(node).equals("CRD")) {
            out.assign(node.output(0), "torch.pixel_shuffle(" + x + ", " + b + ")");
            return;
        }
        List<SymbolicInt> sizes = Moved.sizes(node.input(0), out);
        SymbolicInt channels = SymbolicInt.of(sizes.get(1).dimension() / (b * b));
        SymbolicInt side = SymbolicInt.of(b);
        List<SymbolicInt> squares = List.of(sizes.get(0), side, side, channels, sizes.get(2), sizes.get(3));
        out.assign(
                node.output(0),
                "torch.reshape(torch.permute(torch.reshape(" + x + ", " + out.integers(squares)
                        + "), [0, 3, 4, 1, 5, 2]), " + out.integers(shuffled(sizes, channels, b)) + ")");
    }

    private static List<SymbolicInt> shuffled(List<SymbolicInt> sizes, SymbolicInt channels, long b) {
        return List.of(sizes.get(0), channels, times(sizes.get(2), b), times(sizes.get(3), b));
    }

    private static SymbolicInt times(SymbolicInt size, long b) {
        return SymbolicInt.of(Operation.MULTIPLY, size, SymbolicInt.of(b)).orElseThrow();
    }

    private static long times(long size, long b) {
        return size == Shapes.FREE ? Shapes.FREE : size * b;
    }

    private static String mode(GraphNode node) {
        return node.attributes().getString("mode", "DCR");
    }

    private static long block(GraphNode node) {
        return node.attributes().getInt("blocksize", 0);
    }
}
