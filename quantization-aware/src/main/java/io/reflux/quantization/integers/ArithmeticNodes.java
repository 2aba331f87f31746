package io.reflux.quantization.integers;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.ArrayList;
import java.util.List;

/** Writes nodes one after the other; each method returns the name of the value that its node makes. */
final class ArithmeticNodes {

    private final ModelGraphBuilder builder;
    private final FreshNames names;
    private final List<GraphNode> nodes = new ArrayList<>();

    ArithmeticNodes(ModelGraph graph) {
        this.builder = graph.toBuilder();
        this.names = FreshNames.of(graph);
    }

    void add(GraphNode node) {
        nodes.add(node);
    }

    String node(String operator, String... inputs) {
        return node(operator, Attributes.NONE, inputs);
    }

    String node(String operator, Attributes attributes, String... inputs) {
        String output = names.numbered("integers_");
        nodes.add(new GraphNode(output, operator, "", List.of(inputs), List.of(output), attributes));
        return output;
    }

    String cast(String value, ElementType type) {
        return node("Cast", Attributes.NONE.withInt("to", type.onnxCode()), value);
    }

    String constant(float value) {
        return constant(new long[0], value);
    }

    String constant(long[] shape, float... values) {
        String name = names.numbered("constant_");
        builder.initializer(GraphTensor.of(name, shape, values));
        return name;
    }

    String constant(long... values) {
        String name = names.numbered("constant_");
        builder.initializer(GraphTensor.of(name, new long[] {values.length}, values));
        return name;
    }

    /** round(x), halves to even, no less than one integer and no more than another. */
    String rounded(String x, int least, int most) {
        return node("Round", node("Clip", x, constant(least), constant(most)));
    }

    ModelGraph build() {
        return builder.replaceNodes(nodes).build();
    }
}
