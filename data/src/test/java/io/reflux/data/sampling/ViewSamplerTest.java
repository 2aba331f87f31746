package io.reflux.data.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.reflux.data.SampleIds;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Golden orders and seeds are from the Python program in docs/views.md. */
final class ViewSamplerTest {

    private static final Augmentation SHIFTS = Augmentation.shifts(2);

    @Property
    void epoch_showsEverySampleOnce(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 60) int samples,
            @ForAll @IntRange(min = 1, max = 70) int batchSize,
            @ForAll boolean shuffle) {
        SampleIds ids = SampleIds.range(1000, 1000 + samples);
        ViewSampler sampler = new ViewSampler(ids, batchSize, seed, SHIFTS, shuffle);
        for (int epoch = 0; epoch < 3; epoch++) {
            List<Long> shown = new ArrayList<>();
            for (int i = 0; i < sampler.batchesPerEpoch(); i++) {
                ViewBatch batch = sampler.next();
                assertThat(batch.epoch()).isEqualTo(epoch);
                assertThat(batch.batchInEpoch()).isEqualTo(i);
                assertThat(batch.batchId()).isEqualTo((long) epoch * sampler.batchesPerEpoch() + i);
                assertThat(batch.lastOfEpoch())
                        .isEqualTo(shown.size() + batch.views().size() == samples);
                batch.views().forEach(view -> shown.add(view.sampleId()));
            }
            assertThat(shown)
                    .containsExactlyInAnyOrderElementsOf(ids.stream().boxed().toList());
        }
    }

    @Property
    void resume_anywhere_goesOnAsIfNeverStopped(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int samples,
            @ForAll @IntRange(min = 1, max = 12) int batchSize,
            @ForAll @IntRange(max = 50) int stop) {
        ViewSampler whole = sampler(samples, batchSize, seed);
        IntStream.range(0, stop).forEach(i -> whole.next());
        ViewSampler resumed = sampler(samples, batchSize, seed);

        resumed.resume(whole.state());

        for (int i = 0; i < 10; i++) {
            assertThat(resumed.next()).isEqualTo(whole.next());
        }
        assertThat(resumed.state()).isEqualTo(new SamplerState(stop + 10));
    }

    @Property
    void resume_backwards_repeats(@ForAll long seed, @ForAll @IntRange(max = 30) int back) {
        ViewSampler sampler = sampler(11, 4, seed);
        List<ViewBatch> first =
                IntStream.range(0, 31).mapToObj(i -> sampler.next()).toList();

        sampler.resume(new SamplerState(back));

        assertThat(sampler.next()).isEqualTo(first.get(back));
    }

    @Test
    void order_isThatOfTheReference() {
        ViewSampler sampler = new ViewSampler(SampleIds.range(0, 10), 10, 42, Augmentation.NONE, true);

        assertThat(sampleIds(sampler.next())).containsExactly(2L, 1L, 8L, 4L, 7L, 3L, 0L, 6L, 9L, 5L);
        assertThat(sampleIds(sampler.next())).containsExactly(3L, 6L, 2L, 8L, 1L, 0L, 7L, 4L, 9L, 5L);
        assertThat(EpochOrder.shuffled(10, -7, 0)).containsExactly(5, 4, 6, 3, 7, 1, 9, 0, 2, 8);
    }

    @Test
    void augmentationSeeds_areThoseOfTheReference() {
        ViewSampler sampler = new ViewSampler(SampleIds.of(0, 1, 59_999), 3, 42, SHIFTS, false);
        ViewBatch first = sampler.next();
        ViewBatch second = sampler.next();
        sampler.next();
        ViewBatch fourth = sampler.next();

        assertThat(first.views().get(0)).isEqualTo(new View(0, 7170171734432256005L));
        assertThat(first.views().get(1)).isEqualTo(new View(1, 8129236509083494776L));
        assertThat(second.views().get(0)).isEqualTo(new View(0, 3220959619316075744L));
        assertThat(fourth.views().get(2)).isEqualTo(new View(59_999, 2191541563717980406L));
    }

    @Test
    void order_isUnbiased() {
        Map<List<Integer>, Integer> counts = new HashMap<>();
        for (int epoch = 0; epoch < 24_000; epoch++) {
            List<Integer> order =
                    IntStream.of(EpochOrder.shuffled(4, 7, epoch)).boxed().toList();
            counts.merge(order, 1, Integer::sum);
        }

        // All 24 permutations; chi-square, 23 degrees of freedom: 57.1 is exceeded once in 10000 uniform samples.
        assertThat(counts).hasSize(24);
        double chiSquare = counts.values().stream()
                .mapToDouble(count -> (count - 1000.0) * (count - 1000.0) / 1000.0)
                .sum();
        assertThat(chiSquare).isLessThan(57.1);
    }

    @Test
    void batches_withoutShuffleAndAugmentation_areTheIdsAsTheyAre() {
        ViewSampler sampler = new ViewSampler(SampleIds.of(9, 4, 6), 2, 1, Augmentation.NONE, false);

        assertThat(sampler.batchesPerEpoch()).isEqualTo(2);
        assertThat(sampler.next().views()).containsExactly(View.plain(9), View.plain(4));
        assertThat(sampler.next().views()).containsExactly(View.plain(6));
        assertThat(sampler.next().views()).containsExactly(View.plain(9), View.plain(4));
    }

    @Test
    void augmentationSeeds_changeFromEpochToEpochAndAreNeverZero() {
        ViewSampler sampler = new ViewSampler(SampleIds.range(0, 500), 500, 3, SHIFTS, false);
        List<View> views = new ArrayList<>(sampler.next().views());
        views.addAll(sampler.next().views());

        assertThat(views)
                .extracting(View::augmentationSeed)
                .doesNotHaveDuplicates()
                .doesNotContain(0L);
    }

    @Test
    void sampler_withoutSamples_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ViewSampler(SampleIds.empty(), 1, 1, SHIFTS, true))
                .withMessage("samples of an epoch: 0 (expected: 1 to 268435456)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ViewSampler(SampleIds.range(0, 1L << 40), 1, 1, SHIFTS, true))
                .withMessage("samples of an epoch: 1099511627776 (expected: 1 to 268435456)");
    }

    @Test
    void batchSize_ofZero_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ViewSampler(SampleIds.range(0, 1), 0, 1, SHIFTS, true))
                .withMessage("batchSize: 0 (expected: >= 1)");
    }

    @Test
    void state_ofNegativeBatch_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerState(-1))
                .withMessage("nextBatchId: -1 (expected: >= 0)");
    }

    @Test
    void resume_beyondEveryEpoch_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sampler(10, 5, 1).resume(new SamplerState(Long.MAX_VALUE)))
                .withMessage("nextBatchId: 9223372036854775807 (expected: below 2^31 epochs of 2 batches)");
    }

    private static ViewSampler sampler(int samples, int batchSize, long seed) {
        return new ViewSampler(SampleIds.range(0, samples), batchSize, seed, SHIFTS, true);
    }

    private static List<Long> sampleIds(ViewBatch batch) {
        return batch.views().stream().map(View::sampleId).toList();
    }
}
