package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.List;

/** input → flatten → (linear → ReLU → dropout) for each hidden width → linear; dropout of the input comes first. */
final class Mlp {

    private Mlp() {}

    static ModelGraph build(ZooSpec spec) {
        return build(spec, spec.hidden());
    }

    static ModelGraph build(ZooSpec spec, List<Integer> hidden) {
        LayerStack stack = new LayerStack(spec).flatten().dropout("dropout0", spec.inputDropout());
        int width = spec.inputShape().stream().reduce(1, Math::multiplyExact);
        int layer = 1;
        for (int next : hidden) {
            stack.linear("fc" + layer, width, next)
                    .relu("relu" + layer)
                    .dropout("dropout" + layer, spec.hiddenDropout());
            width = next;
            layer++;
        }
        return stack.logits("fc" + layer, width);
    }
}
