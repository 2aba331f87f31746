package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Set;

/** LeNet-300-100: 784-300-100-10 in its usual form (LeCun et al. 1998). */
final class LeNet300 implements ModelFamily {

    @Override
    public List<String> names() {
        return List.of(Zoo.LENET_300_100);
    }

    @Override
    public Set<ZooSetting> settings() {
        return Set.of();
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        return Mlp.build(spec, List.of(300, 100));
    }
}
