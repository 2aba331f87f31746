package io.reflux.model.operator.quantization;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** y = scale · (q − zeroPoint), of integers of 2 to 32 bits; the zero point is 0 where it is absent. */
final class DequantizeLinear implements Operator {

    @Override
    public String type() {
        return "DequantizeLinear";
    }

    @Override
    public String limits() {
        return "of " + ElementType.names(DequantizeLinear::isRead) + ", to FLOAT";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        long declared = node.attributes().getInt("output_dtype", 0);
        return Quantization.problems(node, 3)
                .expect(declared == 0 || declared == 1, "output_dtype", declared, "0 or 1 (FLOAT)")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        ElementType type = context.type(node.input(0));
        if (!isRead(type)) {
            throw Shapes.mismatch("X of type " + type, "one of " + ElementType.names(DequantizeLinear::isRead));
        }
        Quantization.requireFit(node, context);
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(ElementType.FLOAT);
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    private static boolean isRead(ElementType type) {
        return !type.isFloatingPoint() && type != ElementType.INT64 && type != ElementType.BOOL;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String real = "torch.to(" + out.value(node.input(0)) + ", " + ScriptText.type(ElementType.FLOAT) + ")";
        String zeroPoint = Quantization.zeroPoint(node, out);
        String shifted = zeroPoint.isEmpty() ? real : "torch.sub(" + real + ", " + zeroPoint + ")";
        out.assign(node.output(0), "torch.mul(" + shifted + ", " + Quantization.scale(node, out) + ")");
    }
}
