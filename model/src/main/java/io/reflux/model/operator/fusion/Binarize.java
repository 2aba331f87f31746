package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/**
 * scale · sign(w) of a weight w, in the place of a {@link BinarizePattern}. The gradient of w is the straight-through one, 1
 * everywhere (Courbariaux et al. 2015, arXiv:1511.00363, without their clipping of w: what grows only flips more slowly;
 * Helwegen et al. 2019, arXiv:1906.02107). That of a scale which trains is the sum of gradient · sign(w) over its elements,
 * divided by the root of their number.
 */
final class Binarize extends FusedOperator {

    static final String TYPE = "Binarize";

    private static final String LEAST_SCALE = "8.673617379884035e-19";

    Binarize() {
        super(TYPE);
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        boolean learns = out.trains(node.input(1));
        String w = out.value(node.input(0));
        String scale = Quantization.scale(node, out);
        if (learns) {
            // A step that takes it below 0 is mirrored.
            scale = "torch.clamp_min(torch.abs(" + scale + "), " + LEAST_SCALE + ")";
        }
        if (!out.training().equals("True")) {
            out.assign(node.output(0), "torch.mul(torch.sign(" + w + "), " + scale + ")");
            return;
        }
        String step = out.temporary();
        out.line(step + " = " + (learns ? scale : "torch.detach(" + scale + ")"));
        // Both add a zero that has the gradient.
        String slowed = "torch.add(torch.detach(" + step + "), torch.sub(" + step + ", torch.detach(" + step
                + ")), alpha=" + gradientFactor(node, out) + ")";
        String bits = "torch.mul(torch.sign(torch.detach(" + w + ")), " + slowed + ")";
        out.assign(node.output(0), "torch.add(" + bits + ", torch.sub(" + w + ", torch.detach(" + w + ")))");
    }

    private static double gradientFactor(GraphNode node, NodeContext context) {
        double elements = Shapes.knownProduct(context.shape(node.input(0)));
        return 1 / Math.sqrt(elements / Shapes.knownProduct(context.shape(node.input(1))));
    }
}
