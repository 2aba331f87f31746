package io.reflux.model.operator.normalization;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.math.BigDecimal;
import java.util.List;

/**
 * y = scale · (x − mean) / √(variance + epsilon) + bias for each channel (Ioffe & Szegedy 2015, arXiv:1502.03167).
 *
 * <p>Evaluation uses the running mean and variance. Training uses the batch's own and moves the running ones:
 * running ← momentum · running + (1 − momentum) · batch. The momentum is ONNX's, the share that stays; libtorch's is
 * the share that is new. As in libtorch, the batch's variance enters the running one with the divisor n − 1, so a
 * training batch needs at least two elements for each channel.
 */
final class BatchNormalization implements Operator {

    private static final List<String> PER_CHANNEL = List.of("scale", "bias", "mean", "variance");

    @Override
    public String type() {
        return "BatchNormalization";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        long trainingMode = attributes.getInt("training_mode", 0);
        float epsilon = epsilon(attributes);
        float momentum = momentum(attributes);
        return new Problems(node, 5, 5)
                .oneOutput()
                .expect(trainingMode == 0, "training_mode", trainingMode, "0; the trainer switches training itself")
                .expect(epsilon >= 0 && Float.isFinite(epsilon), "epsilon", epsilon, ">= 0")
                .expect(momentum >= 0 && momentum <= 1, "momentum", momentum, "0 to 1")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.requireRank("X", x, 2, Integer.MAX_VALUE);
        List<Long> channels = x.subList(1, 2);
        for (int i = 0; i < PER_CHANNEL.size(); i++) {
            List<Long> shape = context.shape(node.input(i + 1));
            if (!shape.equals(channels)) {
                throw Shapes.mismatch(PER_CHANNEL.get(i) + " " + shape, channels + " for X " + x);
            }
        }
        return List.of(x);
    }

    @Override
    public InputUse use(int input) {
        return switch (input) {
            case 1, 2 -> InputUse.WEIGHT;
            case 3, 4 -> InputUse.STATISTIC;
            default -> InputUse.SETTING;
        };
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        Attributes attributes = node.attributes();
        StringBuilder call = new StringBuilder("torch.batch_norm(");
        for (String input : node.inputs()) {
            call.append(out.value(input)).append(", ");
        }
        call.append(out.training()).append(", ");
        // Decimal arithmetic: 0.9f means 0.9, and in float 1 − 0.9 would be 0.100000024.
        BigDecimal share = BigDecimal.ONE.subtract(new BigDecimal(Float.toString(momentum(attributes))));
        call.append(ScriptText.number(share.floatValue())).append(", ");
        call.append(ScriptText.number(epsilon(attributes))).append(", False)");
        out.assign(node.output(0), call.toString());
    }

    private static float epsilon(Attributes attributes) {
        return attributes.getFloat("epsilon", 1e-5f);
    }

    private static float momentum(Attributes attributes) {
        return attributes.getFloat("momentum", 0.9f);
    }
}
