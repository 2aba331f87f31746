package io.reflux.model.step;

import io.reflux.model.script.DenseTail;
import io.reflux.model.script.GraphScript;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Text of a step's backward pass: autograd, but for the layers of a {@link DenseTail}.
 *
 * <p>In scope: {@code objective}, {@code outputs} of the training method, and {@code p}. It leaves {@code gradients}, one for
 * each parameter.
 */
final class BackwardBlock {

    private final GraphScript graph;
    private final DenseTail tail;
    private final String[] gradients;

    BackwardBlock(GraphScript graph) {
        this.graph = graph;
        this.tail = graph.tail();
        this.gradients = new String[graph.parameters().size()];
    }

    void write(ScriptLines script) {
        if (tail.layers().isEmpty()) {
            script.line("gradients = torch.autograd.grad([objective], p)");
            return;
        }
        String end = "objective";
        @Nullable String upstream = null;
        for (int j = tail.layers().size(); j > 0; j--) {
            piece(script, j, end, upstream);
            script.line("u" + j + " = torch.contiguous(unchecked_cast(Tensor, r" + j + "_0))");
            end = "outputs[" + place(j) + "]";
            upstream = layer(script, j, end);
        }
        if (upstream != null) {
            piece(script, 0, end, upstream);
        }
        script.line("gradients = annotate(List[Optional[Tensor]], [" + String.join(", ", gradients) + "])");
    }

    /** Gradients inside a piece: of the y that it begins with, unless it is the first, and of its parameters. */
    private void piece(ScriptLines script, int j, String end, @Nullable String upstream) {
        List<String> wanted = new ArrayList<>();
        if (j > 0) {
            wanted.add("outputs[" + (place(j) + 1) + "]");
        }
        tail.pieces().get(j).forEach(parameter -> wanted.add("p[" + parameter + "]"));
        String seed = upstream == null ? "" : ", annotate(List[Optional[Tensor]], [" + upstream + "])";
        script.line("r" + j + " = torch.autograd.grad([" + end + "], "
                + wanted.stream().collect(Collectors.joining(", ", "[", "]")) + seed + ")");
        for (int i = 0; i < wanted.size(); i++) {
            script.line("r" + j + "_" + i + " = r" + j + "[" + i + "]");
        }
        int first = j > 0 ? 1 : 0;
        for (int i = 0; i < tail.pieces().get(j).size(); i++) {
            gradients[tail.pieces().get(j).get(i)] = "r" + j + "_" + (first + i);
        }
    }

    /** Gradients of a layer; returns the variable of its x's, or null if nothing before the layer needs one. */
    private @Nullable String layer(ScriptLines script, int j, String x) {
        DenseTail.Layer layer = tail.layers().get(j - 1);
        gradients[layer.weight()] = "w" + j + "_gradient";
        script.line(gradients[layer.weight()] + " = " + layer.gradientOfWeight("torch.detach(" + x + ")", "u" + j));
        if (layer.bias() >= 0) {
            gradients[layer.bias()] = "b" + j + "_gradient";
            script.line(gradients[layer.bias()] + " = torch.sum(u" + j + ", [0])");
        }
        if (j == 1 && tail.pieces().get(0).isEmpty()) {
            return null;
        }
        script.line("x" + j + "_gradient = " + layer.gradientOfX("u" + j));
        return "x" + j + "_gradient";
    }

    /** Place of the j-th layer's x in what the training method returns. */
    private int place(int j) {
        return graph.outputs().size() + 2 * (j - 1);
    }
}
