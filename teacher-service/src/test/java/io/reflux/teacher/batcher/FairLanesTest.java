package io.reflux.teacher.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class FairLanesTest {

    private final FairLanes lanes = new FairLanes();
    private final Map<Job, LaneQueue> owners = new HashMap<>();

    private LaneQueue lane(Admission admission) {
        LaneQueue lane = new LaneQueue(admission);
        lanes.add(lane);
        return lane;
    }

    private void submit(LaneQueue lane, int samples) {
        Job job = Jobs.silent(samples);
        owners.put(job, lane);
        lane.add(job, 0);
    }

    /** Samples of each lane in the next batch. */
    private Map<LaneQueue, Integer> batch(int room) {
        List<Slice> slices = new ArrayList<>();
        int count = lanes.take(room, slices);
        Map<LaneQueue, Integer> samples = new HashMap<>();
        slices.forEach(slice -> samples.merge(owners.get(slice.job()), slice.count(), Integer::sum));
        assertThat(samples.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(count);
        return samples;
    }

    @Test
    void greedyStudent_getsWhatOthersDoNotUse() {
        LaneQueue greedy = lane(Admissions.OPEN);
        LaneQueue modest = lane(Admissions.OPEN);
        for (int i = 0; i < 50; i++) {
            submit(greedy, 100);
        }
        submit(modest, 3);
        assertThat(batch(64)).containsOnly(Map.entry(greedy, 61), Map.entry(modest, 3));
        assertThat(batch(64)).containsOnly(Map.entry(greedy, 64));
        submit(modest, 100);
        assertThat(batch(64)).containsOnly(Map.entry(greedy, 32), Map.entry(modest, 32));
    }

    @Test
    void singleSample_isInTheNextBatch_howeverManyStudentsAreBacklogged() {
        for (int i = 0; i < 63; i++) {
            LaneQueue greedy = lane(Admissions.OPEN);
            for (int job = 0; job < 20; job++) {
                submit(greedy, 4096);
            }
        }
        for (int i = 0; i < 100; i++) {
            batch(64);
        }
        LaneQueue modest = lane(Admissions.OPEN);
        submit(modest, 1);
        assertThat(batch(64)).hasSize(64).containsEntry(modest, 1);
    }

    @Test
    void timeWithoutWorkOrCredit_savesNothingUp() {
        LaneQueue busy = lane(Admissions.OPEN);
        LaneQueue absent = lane(Admissions.OPEN);
        submit(busy, 100_000);
        for (int i = 0; i < 100; i++) {
            batch(10);
        }
        submit(absent, 100_000);
        assertThat(batch(10)).containsOnly(Map.entry(busy, 5), Map.entry(absent, 5));
    }

    @Test
    void moreStudentsThanRows_areServedInTurn() {
        List<LaneQueue> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(lane(Admissions.OPEN));
            submit(all.get(i), 1000);
        }
        Map<LaneQueue, Integer> sum = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            batch(3).forEach((lane, samples) -> sum.merge(lane, samples, Integer::sum));
        }
        assertThat(sum)
                .hasSize(10)
                .allSatisfy((lane, samples) -> assertThat(samples).isEqualTo(3));
    }

    /**
     * Over every window in which two students have work all the time, neither gets more than one sample ahead, whatever the
     * others do and whatever batch sizes are chosen.
     */
    @Property(tries = 200)
    void backloggedStudents_areServedAlike_overEveryWindow(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int backlogged) {
        Random random = new Random(seed);
        FairLanesTest test = new FairLanesTest();
        List<LaneQueue> steady = new ArrayList<>();
        List<LaneQueue> others = new ArrayList<>();
        for (int i = 0; i < backlogged; i++) {
            steady.add(test.lane(Admissions.OPEN));
        }
        for (int i = 0; i < 4; i++) {
            others.add(test.lane(Admissions.OPEN));
        }
        int[] total = new int[backlogged];
        List<int[]> history = new ArrayList<>(List.of(total.clone()));
        for (int batch = 0; batch < 60; batch++) {
            int room = 1 + random.nextInt(64);
            for (LaneQueue lane : steady) {
                // Jobs of any size, but never less waiting than a batch holds.
                while (lane.ready() <= room) {
                    test.submit(lane, 1 + random.nextInt(200));
                }
            }
            for (LaneQueue lane : others) {
                if (random.nextInt(3) == 0) {
                    test.submit(lane, 1 + random.nextInt(30));
                }
            }
            Map<LaneQueue, Integer> samples = test.batch(room);
            assertThat(samples.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(room);
            for (int i = 0; i < backlogged; i++) {
                total[i] += samples.getOrDefault(steady.get(i), 0);
            }
            history.add(total.clone());
        }
        for (int to = 0; to < history.size(); to++) {
            for (int i = 1; i < backlogged; i++) {
                // From the start on within one, so over any window within two of each other, one of their share.
                assertThat(Math.abs(history.get(to)[i] - history.get(to)[0])).isLessThanOrEqualTo(1);
            }
        }
    }

    /** Whatever credit lets through in whatever portions, each sample leaves once and in order. */
    @Property(tries = 200)
    void samples_leaveOnceAndInOrder(@ForAll long seed) {
        Random random = new Random(seed);
        FairLanesTest test = new FairLanesTest();
        Credit credit = new Credit();
        LaneQueue lane = test.lane(credit);
        LaneQueue other = test.lane(Admissions.OPEN);
        Map<Job, Integer> next = new HashMap<>();
        int submitted = 0;
        int left = 0;
        while (submitted < 2000 || left > 0) {
            if (submitted < 2000) {
                int samples = 1 + random.nextInt(50);
                test.submit(random.nextBoolean() ? lane : other, samples);
                submitted += samples;
                left += samples;
            }
            credit.left += random.nextInt(60);
            List<Slice> slices = new ArrayList<>();
            left -= test.lanes.take(1 + random.nextInt(64), slices);
            for (Slice slice : slices) {
                assertThat(slice.first()).isEqualTo(next.getOrDefault(slice.job(), 0));
                next.put(slice.job(), slice.first() + slice.count());
            }
        }
        assertThat(next)
                .allSatisfy((job, taken) ->
                        assertThat(taken).isEqualTo(job.samples().count()));
        assertThat(test.lanes.heldBytes()).isZero();
    }

    private static final class Credit implements Admission {
        private int left;

        @Override
        public int reserve(int count, Samples samples) {
            int reserved = Math.min(left, count);
            left -= reserved;
            return reserved;
        }

        @Override
        public boolean stalled() {
            return left == 0;
        }
    }
}
