package io.reflux.model.operator.constant;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** A tensor written into the graph. It emits nothing: {@link ScriptEmitter#value} knows constants. */
final class Constant implements Operator {

    @Override
    public String type() {
        return "Constant";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 0, 0)
                .oneOutput()
                .expect(
                        context.isConstant(node.output(0)),
                        "attributes",
                        node.attributes(),
                        "value, value_int, value_ints, value_float or value_floats")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(Shapes.of(context.constant(node.output(0))));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        // Nothing to compute: its readers ask for the value by name.
    }
}
