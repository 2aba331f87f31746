package io.reflux.model.operator.normalization;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** y = (x − mean) / (√variance + 1e-9), mean and variance over some axes: 0, 2 and 3 where none are named. */
final class MeanVarianceNormalization implements Operator {

    @Override
    public String type() {
        return "MeanVarianceNormalization";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        axes(node).forEach(axis -> Shapes.axis(axis, x.size(), x.size()));
        return List.of(x);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String axes = ScriptText.ints(axes(node));
        String x = out.value(node.input(0));
        String centred = out.temporary();
        out.line(centred + " = torch.sub(" + x + ", torch.mean(" + x + ", " + axes + ", True))");
        String deviation = "torch.sqrt(torch.mean(torch.mul(" + centred + ", " + centred + "), " + axes + ", True))";
        out.assign(node.output(0), "torch.div(" + centred + ", torch.add(" + deviation + ", 1.0e-9))");
    }

    private static List<Long> axes(GraphNode node) {
        return node.attributes().getInts("axes", List.of(0L, 2L, 3L));
    }
}
