package io.reflux.model.operator.pooling;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.Window;
import java.util.Collections;
import java.util.List;

/** y = (Σ |x|ᵖ)^(1/p) under each window; padding adds nothing. X: B×C×…, Y: B×C×…. */
final class LpPool implements Operator {

    @Override
    public String type() {
        return "LpPool";
    }

    @Override
    public String limits() {
        return "no dilations";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        int rank = node.attributes().getInts("kernel_shape", List.of()).size();
        List<Long> ones = Collections.nCopies(rank, 1L);
        List<Long> dilations = node.attributes().getInts("dilations", ones);
        Problems problems = new Problems(node, 1, 1)
                .oneOutput()
                .expect(p(node) >= 1, "p", p(node), ">= 1")
                .expect(dilations.equals(ones), "dilations", dilations, ones.toString());
        return Window.check(problems, node.attributes(), rank).list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(Pooling.outputShape(node, context));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        Window window = Pooling.window(node, out);
        long p = p(node);
        String powers = "torch.pow(torch.abs(" + out.value(node.input(0)) + "), " + p + ")";
        String padded = Window.padded(powers, window.begin(), window.endWithOverhang(), "0");
        String mean = "torch.avg_pool" + window.kernel().size() + "d(" + padded + ", "
                + ScriptText.ints(window.kernel()) + ", " + ScriptText.ints(window.strides()) + ", "
                + ScriptText.ints(window.withoutPadding().begin()) + ", False, True)";
        String sum = "torch.mul(" + mean + ", " + Shapes.knownProduct(window.kernel()) + ")";
        out.assign(node.output(0), p == 1 ? sum : "torch.pow(" + sum + ", " + 1.0 / p + ")");
    }

    private static long p(GraphNode node) {
        return node.attributes().getInt("p", 2);
    }
}
