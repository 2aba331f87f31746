package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import java.util.List;

/** y = max(0, min(1, alpha · x + beta)). With alpha 1/6 and beta 1/2, as PyTorch exports it, one fused call. */
final class HardSigmoid implements Operator {

    private static final float FUSED_ALPHA = 1f / 6;
    private static final float FUSED_BETA = 0.5f;

    @Override
    public String type() {
        return "HardSigmoid";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1)
                .oneOutput()
                .finite("alpha", alpha(node.attributes()))
                .finite("beta", beta(node.attributes()))
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        float alpha = alpha(node.attributes());
        float beta = beta(node.attributes());
        if (Math.abs(alpha - FUSED_ALPHA) < 1e-6f && beta == FUSED_BETA) {
            out.assign(node.output(0), "torch.hardsigmoid(" + x + ")");
        } else {
            String line = "torch.add(torch.mul(" + x + ", " + ScriptText.number(alpha) + "), " + ScriptText.number(beta)
                    + ")";
            out.assign(node.output(0), "torch.clamp(" + line + ", 0, 1)");
        }
    }

    private static float alpha(Attributes attributes) {
        return attributes.getFloat("alpha", 0.2f);
    }

    private static float beta(Attributes attributes) {
        return attributes.getFloat("beta", 0.5f);
    }
}
