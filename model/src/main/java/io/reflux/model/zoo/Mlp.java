package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** input → flatten → (linear → batch normalisation if asked for → ReLU → dropout) for each hidden width → linear; dropout of the input comes first. */
final class Mlp implements ModelFamily {

    @Override
    public List<String> names() {
        return List.of(Zoo.MLP);
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(ZooSetting.HIDDEN, ZooSetting.DROPOUT, ZooSetting.INPUT_DROPOUT, ZooSetting.BATCH_NORM);
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        return build(spec, spec.widths(ZooSetting.HIDDEN));
    }

    static ModelGraph build(ZooSpec spec, List<Integer> hidden) {
        LayerStack stack = new LayerStack(spec).flatten().dropout("dropout0", spec.real(ZooSetting.INPUT_DROPOUT, 0));
        int layer = 1;
        for (int next : hidden) {
            stack.linear("fc" + layer, next);
            if (spec.flag(ZooSetting.BATCH_NORM, false)) {
                stack.batchNorm("norm" + layer);
            }
            stack.relu("relu" + layer).dropout("dropout" + layer, spec.real(ZooSetting.DROPOUT, 0));
            layer++;
        }
        return stack.logits("fc" + layer);
    }
}
