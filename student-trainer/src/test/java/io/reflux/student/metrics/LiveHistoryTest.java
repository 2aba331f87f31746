package io.reflux.student.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.StageStart;
import io.reflux.student.hook.StepRecord;
import io.reflux.student.source.CurrentSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LiveHistoryTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong clock = new AtomicLong();
    private final LiveHistory history = new LiveHistory("tiny", new CurrentSource(), clock::get);

    private void step(int stage, int epoch, long index, long nanos) {
        clock.addAndGet(nanos);
        history.onStep(new StepRecord(
                stage, epoch, index, 10, 10, 1, 0, 1, 0, 5, 0, false, 0.1, false, 1, nanos, 0, 0, nanos));
    }

    @Test
    void onStage_afterAnother_beginsWithItsFirstEpoch() {
        history.onStage(new StageStart(0, 2, "train", 5, 1, 10, 0));
        for (int epoch = 0; epoch < 5; epoch++) {
            step(0, epoch, epoch, SECOND);
        }
        history.onStage(new StageStart(1, 2, "train", 2, 1, 10, 0));

        assertThat(history.state().epoch()).isZero();
        assertThat(history.state().etaSeconds()).isNegative();
    }

    @Test
    void onStage_resumed_beginsWithTheEpochItWasStoppedIn() {
        history.onStage(new StageStart(0, 1, "train", 5, 4, 40, 9));
        assertThat(history.state().epoch()).isEqualTo(2);

        history.onStage(new StageStart(0, 1, "train", 5, 4, 40, 20));
        assertThat(history.state().epoch()).isEqualTo(4);
    }

    @Test
    void onEnd_stageShorterThanAPoint_stillShowsOne() {
        history.onStage(new StageStart(0, 1, "train", 1, 2, 20, 0));
        step(0, 0, 0, SECOND / 10);
        step(0, 0, 1, SECOND / 10);
        assertThat(history.state().points()).isEmpty();

        history.onEnd();

        // 20 samples in 0.2 s.
        assertThat(history.state().points())
                .singleElement()
                .satisfies(point -> assertThat(point.samplesPerSecond()).isEqualTo(100));
    }

    @Test
    void onEpoch_afterStepsAndValidation_endsWhenItWasValidated() {
        history.onStage(new StageStart(0, 1, "train", 2, 1, 10, 0));
        step(0, 0, 0, SECOND);
        clock.addAndGet(3 * SECOND);
        history.onEpoch(new EpochRecord(0, 0, 1, 0, 1, 0.5, null, 0.5, 1.2, 0.1, 10, 1, 0));

        assertThat(history.state().epochEnds()).containsExactly(4.0);
        // One of two steps took 4 s, validation included.
        assertThat(history.state().etaSeconds()).isEqualTo(4);
    }

    @Test
    void onStep_manyHours_keepsBoundedPoints() {
        history.onStage(new StageStart(0, 1, "train", 10_000, 1, 10, 0));
        for (int epoch = 0; epoch < 10_000; epoch++) {
            step(0, epoch, epoch, SECOND);
        }

        assertThat(history.state().points()).hasSizeBetween(200, 600);
    }
}
