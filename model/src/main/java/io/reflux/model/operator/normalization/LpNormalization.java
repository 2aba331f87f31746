package io.reflux.model.operator.normalization;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** y = x / (Σ |x|ᵖ)^(1/p) along one axis, p = 1 or 2; zeros stay zeros. */
final class LpNormalization implements Operator {

    /** The smallest normal number of 32 bits, instead of a norm of 0. */
    private static final String SMALLEST = "1.17549435e-38";

    @Override
    public String type() {
        return "LpNormalization";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1)
                .oneOutput()
                .expect(p(node) == 1 || p(node) == 2, "p", p(node), "1 or 2")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.axis(axis(node), x.size(), x.size());
        return List.of(x);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        String norm = "torch.linalg_vector_norm(" + x + ", " + p(node) + ", [" + axis(node) + "], True)";
        out.assign(node.output(0), "torch.div(" + x + ", torch.clamp_min(" + norm + ", " + SMALLEST + "))");
    }

    private static long p(GraphNode node) {
        return node.attributes().getInt("p", 2);
    }

    private static long axis(GraphNode node) {
        return node.attributes().getInt("axis", -1);
    }
}
