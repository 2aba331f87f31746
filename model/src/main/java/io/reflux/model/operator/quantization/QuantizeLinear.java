package io.reflux.model.operator.quantization;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * q = clamp(round(x / scale) + zeroPoint), halves to even, in the range of the zero point's type; UINT8 without one.
 * Followed by its {@link DequantizeLinear}, it trains by the straight-through estimator (Bengio et al. 2013,
 * arXiv:1308.3432), clipped: the gradient is 1 where q was not clamped, else 0.
 */
final class QuantizeLinear implements Operator {

    private static final Set<ElementType> TYPES = EnumSet.of(
            ElementType.INT8,
            ElementType.UINT8,
            ElementType.INT16,
            ElementType.UINT16,
            ElementType.INT4,
            ElementType.UINT4,
            ElementType.INT2,
            ElementType.UINT2);

    @Override
    public String type() {
        return "QuantizeLinear";
    }

    @Override
    public String limits() {
        return "to " + names();
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        long declared = node.attributes().getInt("output_dtype", 0);
        boolean fits = declared == 0
                || Quantization.declaredType(node).filter(TYPES::contains).isPresent();
        return Quantization.problems(node, 3)
                .expect(fits, "output_dtype", ElementType.onnxName((int) declared), "one of " + names())
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        ElementType type = Quantization.type(node, context);
        if (!TYPES.contains(type)) {
            throw Shapes.mismatch("zero point of type " + type, "one of " + names());
        }
        if (Quantization.declaredType(node).filter(declared -> declared != type).isPresent()) {
            throw Shapes.mismatch(
                    "output_dtype " + Quantization.declaredType(node).get(), type + " as the zero point");
        }
        Quantization.requireFit(node, context);
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(Quantization.type(node, context));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    private static String names() {
        return ElementType.names(TYPES::contains);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        ElementType type = Quantization.type(node, out);
        String rounded =
                "torch.round(torch.div(" + out.value(node.input(0)) + ", " + Quantization.scale(node, out) + "))";
        String zeroPoint = Quantization.zeroPoint(node, out);
        String shifted = zeroPoint.isEmpty() ? rounded : "torch.add(" + rounded + ", " + zeroPoint + ")";
        out.assign(
                node.output(0),
                "torch.to(torch.clamp(" + shifted + ", " + type.least() + ", " + type.most() + "), "
                        + ScriptText.type(type) + ")");
    }
}
