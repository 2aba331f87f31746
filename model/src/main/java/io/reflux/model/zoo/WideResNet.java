package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Wide residual networks {@code wrn-D-K} (Zagoruyko & Komodakis 2016, arXiv:1605.07146): D = 6n + 4 layers, 3 stages of n
 * pre-activated blocks with 16K, 32K and 64K filters; shortcuts are 1×1 convolutions where shapes differ. Dropout, where
 * chosen, is between the two convolutions of a block.
 */
final class WideResNet implements ModelFamily {

    private static final Pattern NAME = Pattern.compile("wrn-(\\d{1,4})-(\\d{1,2})");

    @Override
    public List<String> names() {
        return List.of("wrn-16-1", "wrn-16-2", "wrn-16-4", "wrn-28-10", "wrn-40-1", "wrn-40-2", "wrn-40-4");
    }

    @Override
    public boolean knows(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && number(matcher, 1) >= 10 && number(matcher, 1) % 6 == 4 && number(matcher, 2) >= 1;
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(ZooSetting.DROPOUT);
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        spec.requireImages(1);
        Matcher matcher = NAME.matcher(spec.name());
        if (!matcher.matches()) {
            throw new IllegalStateException(spec.name() + ": not of this family (expected: wrn-D-K)");
        }
        int wide = number(matcher, 2);
        return new PreActivation(new LayerStack(spec), true, spec.real(ZooSetting.DROPOUT, 0))
                .build(16, List.of(16 * wide, 32 * wide, 64 * wide), number(matcher, 1) / 6);
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }
}
