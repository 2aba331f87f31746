package io.reflux.model.operator.convolution;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.ConvolutionLayer;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * Convolution over one or two spatial axes. X: B×C×(H×)W, weight: D×(C/group)×kernel, bias: D or absent;
 * Y: B×D×(H′×)W′ with the sizes of {@link Window}.
 */
final class Conv implements Operator {

    @Override
    public String type() {
        return "Conv";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        int rank = KernelSizes.rank(node, context);
        Problems problems = new Problems(node, 2, 3).oneOutput();
        problems.expect(group(node) >= 1 && group(node) <= Integer.MAX_VALUE, "group", group(node), ">= 1");
        return Window.check(problems, attributes, rank).list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> weight = context.shape(node.input(1));
        KernelSizes.check(node, context);
        if (x.get(1) != weight.get(1) * group(node)) {
            throw Shapes.mismatch(
                    "X " + x + " with weight " + weight + " and group " + group(node),
                    weight.get(1) * group(node) + " channels in X");
        }
        if (weight.get(0) % group(node) != 0) {
            throw Shapes.mismatch("weight " + weight, "output channels divisible by group " + group(node));
        }
        if (node.hasInput(2) && !context.shape(node.input(2)).equals(weight.subList(0, 1))) {
            throw Shapes.mismatch(
                    "bias " + context.shape(node.input(2)), weight.subList(0, 1).toString());
        }
        List<Long> y = new ArrayList<>(List.of(x.get(0), weight.get(0)));
        y.addAll(ConvolutionLayer.of(node, context).window().output());
        return List.of(List.copyOf(y));
    }

    /** Each output element costs one kernel over the channels of its group. */
    @Override
    public long multiplyAccumulates(GraphNode node, NodeContext context) {
        List<Long> weight = context.shape(node.input(1));
        long perElement = Shapes.knownProduct(weight.subList(1, weight.size()));
        return Shapes.times(Shapes.knownProduct(outputShapes(node, context).get(0)), perElement);
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.SETTING : InputUse.WEIGHT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(node.output(0), out.convolution(ConvolutionLayer.of(node, out)));
    }

    private static long group(GraphNode node) {
        return node.attributes().getInt("group", 1);
    }
}
