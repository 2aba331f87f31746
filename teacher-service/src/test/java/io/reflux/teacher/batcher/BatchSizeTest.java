package io.reflux.teacher.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** A model whose time is a known function of the rows, always with enough rows waiting unless said. */
final class BatchSizeTest {

    private static final long NO_GOAL = Long.MAX_VALUE / 4;
    private static final int PLENTY = 100_000;

    private final LatencyCurve curve = new LatencyCurve();

    private static double linear(int rows) {
        return 1000 + 100.0 * rows;
    }

    private int run(BatchSize size, IntToDoubleFunction model, int batches, int waiting) {
        for (int i = 0; i < batches; i++) {
            int rows = Math.min(waiting, size.next(waiting));
            curve.record(rows, Math.round(model.applyAsDouble(rows)));
            size.measured();
        }
        return size.target();
    }

    @Test
    void fixedCostAndCostPerRow_giveTheSizeWhereTheFixedCostIsAFewPercent() {
        // A row costs 1000 / n + 100: 107.8 at 128 and 103.9 at 256, which is less than 5 % better, so no more is tried
        // at once.
        BatchSize size = new BatchSize(1024, NO_GOAL, 0, curve);
        assertThat(run(size, BatchSizeTest::linear, 20, PLENTY)).isEqualTo(128);
        // In time every size is: 100.98 at 1024. Within 5 % of it: 1000 / n <= 6.03, n >= 166.
        assertThat(run(size, BatchSizeTest::linear, 8000, PLENTY)).isEqualTo(256);
    }

    @Test
    void costPerRowOnly_givesTheSmallestSize() {
        assertThat(run(new BatchSize(1024, NO_GOAL, 0, curve), rows -> 100.0 * rows, 1000, PLENTY))
                .isEqualTo(1);
    }

    @Test
    void fixedCostOnly_givesTheLargestSize_whichNeedBeNoPowerOfTwo() {
        assertThat(run(new BatchSize(300, NO_GOAL, 0, curve), rows -> 1000, 20, PLENTY))
                .isEqualTo(300);
    }

    @Test
    void steps_giveTheSizeThatFillsOne() {
        // A device that computes 64 rows at a time, with next to no other cost: larger batches are no better.
        assertThat(run(new BatchSize(1024, NO_GOAL, 0, curve), rows -> 10 + 1000 * Math.ceil(rows / 64.0), 500, PLENTY))
                .isEqualTo(64);
    }

    @Test
    void noise_movesTheChoiceByOneStepAtMost() {
        Random random = new Random(3);
        BatchSize size = new BatchSize(1024, NO_GOAL, 0, curve);
        run(size, rows -> linear(rows) * (1 + 0.1 * random.nextDouble()), 500, PLENTY);
        for (int i = 0; i < 200; i++) {
            assertThat(run(size, rows -> linear(rows) * (1 + 0.1 * random.nextDouble()), 10, PLENTY))
                    .isBetween(128, 512);
        }
    }

    @Test
    void goal_boundsTheSize_andNothingAboveItIsTried() {
        // 1000 + 100 n <= 5000 for n <= 40.
        BatchSize size = new BatchSize(1024, 5000, 0, curve);
        int target = run(
                size,
                rows -> {
                    assertThat(rows).isLessThanOrEqualTo(40);
                    return linear(rows);
                },
                2000,
                PLENTY);
        assertThat(target).isEqualTo(32);
    }

    @Test
    void goal_thatNoSizeKeeps_givesSingleRows() {
        assertThat(run(new BatchSize(1024, 500, 0, curve), BatchSizeTest::linear, 200, PLENTY))
                .isEqualTo(1);
    }

    @Test
    void overhead_countsAsFixedCost() {
        // 1000 + 100 n + 9000: 104.7 at 2048, and within 5 % of that at 1024, 109.8, but not at 512, 119.5.
        assertThat(run(new BatchSize(2048, NO_GOAL, 9000, curve), BatchSizeTest::linear, 8000, PLENTY))
                .isEqualTo(1024);
    }

    @Test
    void firstBatchOfASize_thatIsSlow_isNotJudgedBy() {
        boolean[] seen = new boolean[1025];
        BatchSize size = new BatchSize(1024, NO_GOAL, 0, curve);
        int target = run(
                size,
                rows -> {
                    boolean first = !seen[rows];
                    seen[rows] = true;
                    return first ? 50 * linear(rows) : linear(rows);
                },
                20,
                PLENTY);
        assertThat(target).isEqualTo(128);
    }

    @Test
    void muchLargerBatches_areTriedSeldom() {
        BatchSize size = new BatchSize(4096, NO_GOAL, 0, curve);
        run(size, BatchSizeTest::linear, 40_000, PLENTY);
        int[] larger = new int[1];
        run(
                size,
                rows -> {
                    larger[0] += rows > 2 * size.target() ? 1 : 0;
                    return linear(rows);
                },
                10_000,
                PLENTY);
        // One of 32 is a trial, one of 4 of those is far, three of 13 sizes are far above: 18 of 10,000.
        assertThat(size.target()).isEqualTo(256);
        assertThat(larger[0]).isBetween(10, 30);
    }

    @Test
    void smallDemand_saysNothingAgainstLargerBatches() {
        BatchSize size = new BatchSize(1024, NO_GOAL, 0, curve);
        assertThat(run(size, BatchSizeTest::linear, 100, 3)).isEqualTo(BatchSize.FIRST);
        assertThat(run(size, BatchSizeTest::linear, 20, PLENTY)).isEqualTo(128);
    }

    @Test
    void curve_thatChanges_isNoticed() {
        BatchSize size = new BatchSize(256, NO_GOAL, 0, curve);
        assertThat(run(size, rows -> 100.0 * rows, 1000, PLENTY)).isEqualTo(1);
        // Of 32 batches one tries another size; eight steps up, each to be tried a few times.
        assertThat(run(size, rows -> 100_000 + 10.0 * rows, 32 * 8 * 4, PLENTY)).isEqualTo(256);
    }
}
