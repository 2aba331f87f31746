package io.reflux.model.operator.pooling;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Window;
import java.util.Collections;
import java.util.List;

/**
 * The mean under each window; padding counts as zeros where {@code count_include_pad} is 1 and not at all where it is
 * 0. What hangs over behind the padding (ceil mode) never counts. X: B×C×(H×)W, Y: B×C×(H′×)W′.
 */
final class AveragePool implements Operator {

    @Override
    public String type() {
        return "AveragePool";
    }

    @Override
    public String limits() {
        return "no dilations";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        int rank = attributes.getInts("kernel_shape", List.of()).size();
        List<Long> ones = Collections.nCopies(rank, 1L);
        List<Long> dilations = attributes.getInts("dilations", ones);
        Problems problems = new Problems(node, 1, 1).oneOutput();
        problems.expect(dilations.equals(ones), "dilations", dilations, ones.toString());
        return Window.check(problems, attributes, rank).list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(Pooling.outputShape(node, context));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        Window window = Pooling.window(node, out);
        boolean countPadding = node.attributes().getInt("count_include_pad", 0) != 0;
        String x = out.value(node.input(0));
        if (window.symmetric() && !window.overhangs() && window.poolable()) {
            out.assign(node.output(0), pool(x, window, countPadding));
            return;
        }
        if (countPadding) {
            x = bind(out, Window.padded(x, window.begin(), window.end(), "0"));
        }
        // mean over what counts = (mean with zeros elsewhere) / (share of the window that counts)
        Window bare = window.withoutPadding();
        List<Long> before = countPadding ? bare.begin() : window.begin();
        List<Long> behind = countPadding ? window.overhang() : window.endWithOverhang();
        String mean = pool(Window.padded(x, before, behind, "0"), bare, true);
        if (countPadding && !window.overhangs()) {
            out.assign(node.output(0), mean);
        } else {
            String share = pool(Window.padded("torch.ones_like(" + x + ")", before, behind, "0"), bare, true);
            out.assign(node.output(0), "torch.div(" + mean + ", " + share + ")");
        }
    }

    private static String bind(ScriptEmitter out, String expression) {
        String name = out.temporary();
        out.line(name + " = " + expression);
        return name;
    }

    private static String pool(String x, Window window, boolean countPadding) {
        return "torch.avg_pool" + window.kernel().size() + "d(" + x + ", " + ScriptText.ints(window.kernel()) + ", "
                + ScriptText.ints(window.strides()) + ", " + ScriptText.ints(window.begin()) + ", False, "
                + ScriptText.bool(countPadding) + ")";
    }
}
