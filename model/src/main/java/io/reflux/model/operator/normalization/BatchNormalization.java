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
import java.util.stream.LongStream;

/**
 * y = scale · (x − mean) / √(variance + epsilon) + bias for each channel (Ioffe & Szegedy 2015, arXiv:1502.03167).
 *
 * <p>Evaluation uses the running mean and variance. Training uses the batch's own and moves the running ones:
 * running ← momentum · running + (1 − momentum) · batch. A node with {@code training_mode} 1 uses the batch's own in
 * evaluation, too, and says as outputs what the running ones would become. The momentum is ONNX's, the share that stays; libtorch's is
 * the share that is new. As in libtorch, the batch's variance enters the running one with the divisor n − 1, so a
 * training batch needs at least two elements for each channel. Where a model's user says that the running statistics are
 * constants, training uses them as evaluation does, and scale and bias train on.
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
        float epsilon = epsilon(attributes);
        float momentum = momentum(attributes);
        Problems problems = new Problems(node, 5, 5);
        return (trainingMode(node) ? problems : problems.oneOutput())
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
        return List.of(x, channels, channels);
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
        String x = out.value(node.input(0));
        float kept = momentum(node.attributes());
        // Decimal arithmetic: 0.9f means 0.9, and in float 1 − 0.9 would be 0.100000024.
        float share =
                BigDecimal.ONE.subtract(new BigDecimal(Float.toString(kept))).floatValue();
        emitMoved(node, out, 1, "torch.mean(" + x + ", " + others(node, out) + ")", share);
        emitMoved(node, out, 2, "torch.var(" + x + ", " + others(node, out) + ", False)", share);
        boolean training = out.training().equals("True") && out.moves(node.input(3)) && out.moves(node.input(4));
        boolean ownStatistics = training || trainingMode(node);
        boolean moves = training || !trainingMode(node);
        out.assign(
                node.output(0),
                "torch.batch_norm(" + x + ", " + out.value(node.input(1)) + ", " + out.value(node.input(2)) + ", "
                        + (moves ? out.value(node.input(3)) : "None") + ", "
                        + (moves ? out.value(node.input(4)) : "None") + ", " + ScriptText.bool(ownStatistics) + ", "
                        + ScriptText.number(share) + ", " + ScriptText.number(epsilon(node.attributes())) + ", False)");
    }

    /** A running statistic after this batch, where the node has it as an output; ONNX divides the variance by n. */
    private static void emitMoved(GraphNode node, ScriptEmitter out, int output, String batch, float share) {
        if (!node.output(output).isEmpty()) {
            out.assign(
                    node.output(output),
                    "torch.lerp(" + out.value(node.input(output + 2)) + ", torch.detach(" + batch + "), "
                            + ScriptText.number(share) + ")");
        }
    }

    /** All axes but the channels'. */
    private static String others(GraphNode node, ScriptEmitter out) {
        int rank = out.shape(node.input(0)).size();
        return ScriptText.ints(
                LongStream.range(0, rank).filter(axis -> axis != 1).toArray());
    }

    private static boolean trainingMode(GraphNode node) {
        return node.attributes().getInt("training_mode", 0) != 0;
    }

    private static float epsilon(Attributes attributes) {
        return attributes.getFloat("epsilon", 1e-5f);
    }

    private static float momentum(Attributes attributes) {
        return attributes.getFloat("momentum", 0.9f);
    }
}
