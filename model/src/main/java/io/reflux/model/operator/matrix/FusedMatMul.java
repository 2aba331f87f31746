package io.reflux.model.operator.matrix;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.List;

/** ONNX Runtime's Y = alpha · A′ · B′, where ′ transposes the last two axes if asked to; leading axes are stretched. */
final class FusedMatMul implements Operator {

    @Override
    public String type() {
        return "FusedMatMul";
    }

    @Override
    public String domain() {
        return "com.microsoft";
    }

    @Override
    public String limits() {
        return "no transposed batch";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Problems problems = new Problems(node, 2, 2).oneOutput().finite("alpha", alpha(node));
        for (String batch : List.of("transBatchA", "transBatchB")) {
            long value = node.attributes().getInt(batch, 0);
            problems.expect(value == 0, batch, value, "0");
        }
        return problems.list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> a = turned(context.shape(node.input(0)), transposed(node, "transA"));
        List<Long> b = turned(context.shape(node.input(1)), transposed(node, "transB"));
        Shapes.requireRank("A", a, 2, Integer.MAX_VALUE);
        Shapes.requireRank("B", b, 2, Integer.MAX_VALUE);
        if (!Shapes.agree(a.get(a.size() - 1), b.get(b.size() - 2))) {
            throw Shapes.mismatch("A′ " + a + " and B′ " + b, "as many columns in A′ as rows in B′");
        }
        List<Long> y = new ArrayList<>(Shapes.broadcast(a.subList(0, a.size() - 2), b.subList(0, b.size() - 2)));
        y.add(a.get(a.size() - 2));
        y.add(b.get(b.size() - 1));
        return List.of(List.copyOf(y));
    }

    @Override
    public long multiplyAccumulates(GraphNode node, NodeContext context) {
        List<Long> a = turned(context.shape(node.input(0)), transposed(node, "transA"));
        long inner = Shapes.knownProduct(a.subList(a.size() - 1, a.size()));
        return Shapes.times(Shapes.knownProduct(outputShapes(node, context).get(0)), inner);
    }

    @Override
    public InputUse use(int input) {
        return InputUse.WEIGHT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String a = turned(out.value(node.input(0)), transposed(node, "transA"));
        String b = turned(out.value(node.input(1)), transposed(node, "transB"));
        String product = "torch.matmul(" + a + ", " + b + ")";
        float alpha = alpha(node);
        out.assign(
                node.output(0), alpha == 1 ? product : "torch.mul(" + product + ", " + ScriptText.number(alpha) + ")");
    }

    private static List<Long> turned(List<Long> shape, boolean transposed) {
        if (!transposed || shape.size() < 2) {
            return shape;
        }
        List<Long> turned = new ArrayList<>(shape.subList(0, shape.size() - 2));
        turned.add(shape.get(shape.size() - 1));
        turned.add(shape.get(shape.size() - 2));
        return turned;
    }

    private static String turned(String value, boolean transposed) {
        return transposed ? "torch.transpose(" + value + ", -2, -1)" : value;
    }

    private static boolean transposed(GraphNode node, String name) {
        return node.attributes().getInt(name, 0) != 0;
    }

    private static float alpha(GraphNode node) {
        return node.attributes().getFloat("alpha", 1);
    }
}
