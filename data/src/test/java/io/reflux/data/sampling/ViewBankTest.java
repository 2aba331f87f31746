package io.reflux.data.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.SampleIds;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class ViewBankTest {
    private static final int SAMPLES = 23;

    private static ViewSampler sampler(long seed, int views) {
        return new ViewSampler(
                SampleIds.range(100, 100 + SAMPLES), 5, seed, Augmentation.shifts(2), true, new ViewBank(views));
    }

    private static List<View> epoch(ViewSampler sampler) {
        List<View> views = new ArrayList<>();
        ViewBatch batch;
        do {
            batch = sampler.next();
            views.addAll(batch.views());
        } while (!batch.lastOfEpoch());
        return views;
    }

    @Property(tries = 50)
    void bank_ofN_isSeenWhollyInNEpochs_andNothingElseAfterwards(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int bank) {
        ViewSampler sampler = sampler(seed, bank);
        Set<View> seen = new HashSet<>();
        for (int epoch = 0; epoch < bank; epoch++) {
            List<View> views = epoch(sampler);
            assertThat(views).hasSize(SAMPLES).noneMatch(seen::contains);
            assertThat(views)
                    .allSatisfy(view -> assertThat(view.augmentationSeed()).isBetween(1L, (long) bank));
            seen.addAll(views);
        }
        assertThat(seen).hasSize(SAMPLES * bank);
        for (int epoch = 0; epoch <= bank; epoch++) {
            assertThat(seen).containsAll(epoch(sampler));
        }
    }

    @Property(tries = 50)
    void sampler_resumedAnywhere_goesOnWithTheSameViews(@ForAll long seed, @ForAll @IntRange(max = 40) int from) {
        ViewSampler whole = sampler(seed, 3);
        for (int i = 0; i < from; i++) {
            whole.next();
        }
        ViewSampler resumed = sampler(seed, 3);
        resumed.resume(new SamplerState(from));
        for (int i = 0; i < 12; i++) {
            assertThat(resumed.next()).isEqualTo(whole.next());
        }
    }

    /** With other seeds samples begin at other places of the same bank. */
    @Test
    void runs_ofOtherSeeds_meetTheSameViewsInAnotherOrder() {
        ViewSampler one = sampler(1, 4);
        ViewSampler other = sampler(2, 4);
        Set<View> first = new HashSet<>(epoch(one));
        assertThat(new HashSet<>(epoch(other))).isNotEqualTo(first);
        Set<View> all = new HashSet<>(first);
        for (int i = 1; i < 4; i++) {
            all.addAll(epoch(one));
        }
        for (int i = 1; i < 4; i++) {
            assertThat(all).containsAll(epoch(other));
        }
    }

    @Test
    void bank_withoutAugmentation_showsSamplesAsTheyAre() {
        ViewSampler sampler =
                new ViewSampler(SampleIds.range(0, SAMPLES), 5, 1, Augmentation.NONE, true, new ViewBank(4));
        assertThat(epoch(sampler)).allMatch(view -> view.augmentationSeed() == 0);
    }

    /** The golden views of docs/views.md, drawn by its program. */
    @Test
    void bank_ofFive_beginsAsDocumented() {
        ViewSampler sampler =
                new ViewSampler(SampleIds.of(0, 1, 59_999), 3, 42, Augmentation.shifts(2), false, new ViewBank(5));
        assertThat(sampler.next().views()).extracting(View::augmentationSeed).containsExactly(4L, 2L, 5L);
    }

    @Test
    void bank_outOfRange_isRefused() {
        assertThatThrownBy(() -> new ViewBank(-1)).hasMessage("viewBank: -1 (expected: 0 to 1048576)");
    }
}
