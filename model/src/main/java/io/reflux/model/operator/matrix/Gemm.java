package io.reflux.model.operator.matrix;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.DenseLayer;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;
import java.util.Optional;

/**
 * Y = alpha · A′B′ + beta · C, where ′ transposes if asked to. A′: M×K, B′: K×N, C: anything that stretches to M×N, or
 * absent; Y: M×N.
 */
final class Gemm implements Operator {

    @Override
    public String type() {
        return "Gemm";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        return new Problems(node, 2, 3)
                .oneOutput()
                .finite("alpha", alpha(attributes))
                .finite("beta", beta(attributes))
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> a = context.shape(node.input(0));
        List<Long> b = context.shape(node.input(1));
        Shapes.requireRank("A", a, 2, 2);
        Shapes.requireRank("B", b, 2, 2);
        int transA = transposed(node.attributes(), "transA") ? 1 : 0;
        int transB = transposed(node.attributes(), "transB") ? 1 : 0;
        if (!Shapes.agree(a.get(1 - transA), b.get(transB))) {
            throw Shapes.mismatch(
                    "A " + a + (transA == 1 ? " transposed" : "") + " and B " + b + (transB == 1 ? " transposed" : ""),
                    "as many columns in A as rows in B");
        }
        List<Long> y = List.of(a.get(transA), b.get(1 - transB));
        if (node.hasInput(2)) {
            List<Long> c = context.shape(node.input(2));
            if (c.size() > 2 || !Shapes.broadcast(c, y).equals(y)) {
                throw Shapes.mismatch("C " + c, "a shape that stretches to " + y);
            }
        }
        return List.of(y);
    }

    @Override
    public long multiplyAccumulates(GraphNode node, NodeContext context) {
        List<Long> b = context.shape(node.input(1));
        long rows = Shapes.knownProduct(outputShapes(node, context).get(0).subList(0, 1));
        return Shapes.times(Shapes.knownProduct(b), rows);
    }

    @Override
    public InputUse use(int input) {
        return InputUse.WEIGHT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        Optional<DenseLayer> layer = DenseLayer.of(node, out);
        if (layer.isPresent()) {
            out.assign(node.output(0), out.linear(layer.get()));
            return;
        }
        Attributes attributes = node.attributes();
        float alpha = alpha(attributes);
        float beta = beta(attributes);
        boolean transB = transposed(attributes, "transB");
        String a = transposedIf(transposed(attributes, "transA"), out.value(node.input(0)));
        String b = out.value(node.input(1));
        if (node.hasInput(2)) {
            out.assign(
                    node.output(0),
                    "torch.addmm(" + out.value(node.input(2)) + ", " + a + ", " + transposedIf(transB, b) + ", beta="
                            + ScriptText.number(beta) + ", alpha=" + ScriptText.number(alpha) + ")");
        } else {
            String product = "torch.mm(" + a + ", " + transposedIf(transB, b) + ")";
            out.assign(
                    node.output(0),
                    alpha == 1 ? product : "torch.mul(" + product + ", " + ScriptText.number(alpha) + ")");
        }
    }

    private static String transposedIf(boolean transpose, String matrix) {
        return transpose ? "torch.t(" + matrix + ")" : matrix;
    }

    private static boolean transposed(Attributes attributes, String name) {
        return attributes.getInt(name, 0) != 0;
    }

    private static float alpha(Attributes attributes) {
        return attributes.getFloat("alpha", 1);
    }

    private static float beta(Attributes attributes) {
        return attributes.getFloat("beta", 1);
    }
}
