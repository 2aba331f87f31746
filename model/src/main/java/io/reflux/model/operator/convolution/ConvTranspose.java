package io.reflux.model.operator.convolution;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Transposed convolution over one to three spatial axes: the gradient of Conv with respect to its input.
 * X: B×C×…, weight: C×(D/group)×kernel, bias: D or absent; Y: B×D×… with the sizes of {@link Unfolded}.
 */
final class ConvTranspose implements Operator {

    @Override
    public String type() {
        return "ConvTranspose";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        int rank = KernelSizes.rank(node, context);
        Problems problems = new Problems(node, 2, 3).oneOutput();
        long group = attributes.getInt("group", 1);
        problems.expect(group >= 1 && group <= Integer.MAX_VALUE, "group", group, ">= 1");
        List<Long> added = attributes.getInts("output_padding", Collections.nCopies(rank, 0L));
        problems.expect(
                added.size() == rank && added.stream().allMatch(value -> value >= 0),
                "output_padding",
                added,
                rank + " numbers >= 0");
        List<Long> shape = attributes.getInts("output_shape", Collections.nCopies(rank, 1L));
        problems.expect(
                shape.size() == rank && shape.stream().allMatch(value -> value >= 1),
                "output_shape",
                shape,
                rank + " numbers >= 1");
        return Window.check(problems, attributes, rank).list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> weight = context.shape(node.input(1));
        KernelSizes.check(node, context);
        if (!Shapes.agree(x.get(1), weight.get(0)) || weight.get(0) % group(node) != 0) {
            throw Shapes.mismatch(
                    "X " + x + " with weight " + weight + " and group " + group(node),
                    weight.get(0) + " channels in X, divisible by the group");
        }
        long channels = weight.get(1) * group(node);
        if (node.hasInput(2) && !context.shape(node.input(2)).equals(List.of(channels))) {
            throw Shapes.mismatch("bias " + context.shape(node.input(2)), "[" + channels + "]");
        }
        List<Long> y = new ArrayList<>(List.of(x.get(0), channels));
        y.addAll(unfolded(node, context).output());
        return List.of(List.copyOf(y));
    }

    /** Each input element is spread over one kernel and the output channels of its group. */
    @Override
    public long multiplyAccumulates(GraphNode node, NodeContext context) {
        List<Long> weight = context.shape(node.input(1));
        long perElement = Shapes.knownProduct(weight.subList(1, weight.size()));
        return Shapes.times(Shapes.knownProduct(context.shape(node.input(0))), perElement);
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.SETTING : InputUse.WEIGHT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        Unfolded unfolded = unfolded(node, out);
        int rank = unfolded.kernel().size();
        List<Long> zeros = Collections.nCopies(rank, 0L);
        String bias = node.hasInput(2) ? out.value(node.input(2)) : "None";
        if (unfolded.direct()) {
            out.assign(node.output(0), call(node, out, unfolded, bias, unfolded.begin(), unfolded.added()));
            return;
        }
        // Cut or lengthened by hand; what is added holds the bias alone, so the bias comes last.
        String whole = call(node, out, unfolded, "None", zeros, zeros);
        List<Long> begin = new ArrayList<>();
        List<Long> end = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            begin.add(-unfolded.begin().get(i));
            end.add(unfolded.added().get(i) - unfolded.end().get(i));
        }
        String cut = Window.padded(whole, begin, end, "0");
        String perChannel = Collections.nCopies(rank, "1").stream().collect(Collectors.joining(", ", "[-1, ", "]"));
        out.assign(
                node.output(0),
                node.hasInput(2) ? "torch.add(" + cut + ", torch.reshape(" + bias + ", " + perChannel + "))" : cut);
    }

    private static String call(
            GraphNode node, ScriptEmitter out, Unfolded unfolded, String bias, List<Long> padding, List<Long> added) {
        return "torch.conv_transpose" + unfolded.kernel().size() + "d(" + out.value(node.input(0)) + ", "
                + out.value(node.input(1)) + ", " + bias + ", " + ScriptText.ints(unfolded.strides()) + ", "
                + ScriptText.ints(padding) + ", " + ScriptText.ints(added) + ", " + group(node) + ", "
                + ScriptText.ints(unfolded.dilations()) + ")";
    }

    private static Unfolded unfolded(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> weight = context.shape(node.input(1));
        return Unfolded.of(node.attributes(), weight.subList(2, weight.size()), x.subList(2, x.size()));
    }

    private static long group(GraphNode node) {
        return node.attributes().getInt("group", 1);
    }
}
