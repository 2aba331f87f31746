package io.reflux.model.step;

import io.reflux.model.script.DenseTail;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScaleGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Text of a step's backward pass: autograd, but for the layers of a {@link DenseTail} and for scales that train, see
 * {@link ScaleGradientBlock}.
 *
 * <p>In scope: {@code objective}, {@code outputs} of the training method, and {@code p}. It leaves {@code gradients}, one for
 * each parameter.
 */
final class BackwardBlock {

    private final GraphScript graph;
    private final DenseTail tail;
    private final ScaleGradientBlock scales;
    private final String[] gradients;

    BackwardBlock(GraphScript graph) {
        this.graph = graph;
        this.tail = graph.tail();
        this.scales = new ScaleGradientBlock(graph);
        this.gradients = new String[graph.parameters().size()];
    }

    void write(ScriptLines script) {
        if (tail.layers().isEmpty() && graph.scales().isEmpty()) {
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
        if (tail.layers().isEmpty() || upstream != null) {
            piece(script, 0, end, upstream);
        }
        scales.write(script, gradients);
        script.line("gradients = annotate(List[Optional[Tensor]], [" + String.join(", ", gradients) + "])");
    }

    /** Gradients inside a piece: of the y that it begins with, unless it is the first, and of its parameters. */
    private void piece(ScriptLines script, int j, String end, @Nullable String upstream) {
        List<String> wanted = new ArrayList<>();
        List<String> names = new ArrayList<>();
        if (j > 0) {
            wanted.add("outputs[" + (place(j) + 1) + "]");
            names.add("r" + j + "_0");
        }
        for (int parameter : parameters(j)) {
            List<ScaleGradient> learned = scales.of(parameter);
            if (learned.stream().allMatch(ScaleGradient::shared)) {
                gradients[parameter] = "r" + j + "_" + wanted.size();
                names.add(gradients[parameter]);
                wanted.add("p[" + parameter + "]");
            }
            for (ScaleGradient scale : learned) {
                names.addAll(scales.gradientsOfValues(scale));
                wanted.addAll(scales.values(scale));
            }
        }
        String seed = upstream == null ? "" : ", annotate(List[Optional[Tensor]], [" + upstream + "])";
        script.line("r" + j + " = torch.autograd.grad([" + end + "], "
                + wanted.stream().collect(Collectors.joining(", ", "[", "]")) + seed + ")");
        for (int i = 0; i < wanted.size(); i++) {
            script.line(names.get(i) + " = r" + j + "[" + i + "]");
        }
    }

    private List<Integer> parameters(int piece) {
        return tail.layers().isEmpty()
                ? IntStream.range(0, gradients.length).boxed().toList()
                : tail.pieces().get(piece);
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
