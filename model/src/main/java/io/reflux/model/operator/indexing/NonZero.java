package io.reflux.model.operator.indexing;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** The places of the elements that are not 0, one column each; how many there are is known only when the graph runs. */
final class NonZero implements Operator {

    @Override
    public String type() {
        return "NonZero";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(List.of((long) context.shape(node.input(0)).size(), Shapes.FREE));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(ElementType.INT64);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(node.output(0), "torch.t(torch.nonzero(" + out.value(node.input(0)) + "))");
    }
}
