package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import java.util.List;
import java.util.Map;

/**
 * An operator of each element by itself that reads as one formula.
 *
 * @param type ONNX name
 * @param script TorchScript expression; {@code {x}} stands for the tensor, {@code {name}} for a float attribute
 * @param defaults every float attribute with ONNX's default
 */
record Formula(String type, String script, Map<String, Float> defaults) implements Operator {

    Formula {
        defaults = Map.copyOf(defaults);
    }

    Formula(String type, String script) {
        this(type, script, Map.of());
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Problems problems = new Problems(node, 1, 1).oneOutput();
        defaults.forEach(
                (name, value) -> problems.finite(name, node.attributes().getFloat(name, value)));
        return problems.list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String expression = script;
        for (Map.Entry<String, Float> attribute : defaults.entrySet()) {
            float value = node.attributes().getFloat(attribute.getKey(), attribute.getValue());
            expression = expression.replace("{" + attribute.getKey() + "}", ScriptText.number(value));
        }
        out.assign(node.output(0), expression.replace("{x}", out.value(node.input(0))));
    }
}
