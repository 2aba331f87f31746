package io.reflux.model.operator.normalization;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.Collections;
import java.util.List;

/**
 * ONNX Runtime's residual with its normalisation: the sum of the input, a skip connection and perhaps a bias, normalised
 * over its last axis. Inputs: X, skip, scale, the normalisation's own bias where the form has one, the bias. Outputs: the
 * normalised sum and, at place 3, the sum.
 *
 * @param type its name in com.microsoft
 * @param form whether the mean is subtracted
 */
record SkipNormalization(String type, LastAxes.Form form) implements Operator {

    private static final int SUM_OUTPUT = 3;

    @Override
    public String domain() {
        return "com.microsoft";
    }

    @Override
    public String limits() {
        return "no mean and deviation as outputs";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        float epsilon = epsilon(node);
        return new Problems(node, 3, biasInput() + 1)
                .expect(node.output(1).isEmpty(), "output 1", node.output(1), "absent")
                .expect(node.output(2).isEmpty(), "output 2", node.output(2), "absent")
                .expect(epsilon >= 0 && Float.isFinite(epsilon), "epsilon", epsilon, ">= 0")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.requireRank("X", x, 2, 3);
        List<Long> skip = context.shape(node.input(1));
        if (skip.size() > x.size() || !Shapes.broadcast(x, skip).equals(x)) {
            throw Shapes.mismatch("skip " + skip, "a shape that stretches to X " + x);
        }
        List<Long> width = x.subList(x.size() - 1, x.size());
        for (int i = 2; i < node.inputs().size(); i++) {
            if (node.hasInput(i) && !context.shape(node.input(i)).equals(width)) {
                throw Shapes.mismatch("input " + i + " " + context.shape(node.input(i)), width + " for X " + x);
            }
        }
        return Collections.nCopies(SUM_OUTPUT + 1, x);
    }

    @Override
    public InputUse use(int input) {
        return input < 2 ? InputUse.OPERAND : InputUse.WEIGHT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String sum = "torch.add(" + out.value(node.input(0)) + ", " + out.value(node.input(1)) + ")";
        if (node.hasInput(biasInput())) {
            sum = "torch.add(" + sum + ", " + out.value(node.input(biasInput())) + ")";
        }
        String held = out.temporary();
        out.line(held + " = " + sum);
        if (!node.output(SUM_OUTPUT).isEmpty()) {
            out.assign(node.output(SUM_OUTPUT), held);
        }
        String scale = out.value(node.input(2));
        String own = form == LastAxes.Form.LAYER && node.hasInput(3) ? out.value(node.input(3)) : "None";
        out.assign(
                node.output(0),
                form.call(held, "[torch.size(" + scale + ", 0)]", scale, own, ScriptText.number(epsilon(node))));
    }

    private int biasInput() {
        return form == LastAxes.Form.LAYER ? 4 : 3;
    }

    private static float epsilon(GraphNode node) {
        return node.attributes().getFloat("epsilon", 1e-12f);
    }
}
