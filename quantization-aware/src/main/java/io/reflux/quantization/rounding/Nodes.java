package io.reflux.quantization.rounding;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.List;

/**
 * Adds nodes and constants under new names.
 *
 * @param stem how the names begin
 */
record Nodes(ModelGraphBuilder builder, List<GraphNode> nodes, FreshNames names, String stem) {

    /** Returns the name of what the node makes. */
    String add(String operator, String... inputs) {
        String output = names.of(stem + "/" + operator);
        addAs(output, operator, inputs);
        return output;
    }

    void addAs(String output, String operator, String... inputs) {
        nodes.add(new GraphNode(
                names.of(stem + "/" + operator + "_node"),
                operator,
                "",
                List.of(inputs),
                List.of(output),
                Attributes.NONE));
    }

    /** Returns the name of a constant. */
    String number(float value) {
        return tensor(new long[0], new float[] {value});
    }

    /** Returns the name of a constant. */
    String tensor(long[] shape, float[] values) {
        String name = names.of(stem + "/constant");
        builder.initializer(GraphTensor.of(name, shape, values));
        return name;
    }
}
