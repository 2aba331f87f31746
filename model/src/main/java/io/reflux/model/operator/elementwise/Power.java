package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** Pow: base to the exponent, of the base's type. The base may be trained, the exponent is a constant or computed. */
final class Power implements Operator {

    @Override
    public String type() {
        return "Pow";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(Shapes.broadcast(context.shape(node.input(0)), context.shape(node.input(1))));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.OPERAND : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String power = "torch.pow(" + out.value(node.input(0)) + ", " + exponent(node, out) + ")";
        ElementType type = out.type(node.input(0));
        boolean promoted = type != out.type(node.input(1)) && type != ElementType.FLOAT;
        out.assign(node.output(0), promoted ? "torch.to(" + power + ", " + ScriptText.type(type) + ")" : power);
    }

    /** A number where it is one, because libtorch squares and takes roots faster than it raises to a tensor. */
    private static String exponent(GraphNode node, ScriptEmitter out) {
        String name = node.input(1);
        boolean number = out.isConstant(name)
                && out.shape(name).size() <= out.shape(node.input(0)).size()
                && Shapes.product(out.shape(name)) == 1;
        if (!number) {
            return out.value(name);
        }
        GraphTensor exponent = out.constant(name);
        return exponent.type().isFloatingPoint()
                ? ScriptText.number(exponent.floats()[0])
                : String.valueOf(exponent.longs()[0]);
    }
}
