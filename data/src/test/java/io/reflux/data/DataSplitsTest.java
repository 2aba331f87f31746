package io.reflux.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

final class DataSplitsTest {

    private static final PatternDataSet SET = new PatternDataSet(new SampleShape(1, 2, 2), 3, 10);

    @Test
    void splits_withoutTrainingSamples_areRejected() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> new DataSplits(SET, SampleIds.empty(), SampleIds.empty(), SET, SampleIds.all(SET)))
                .withMessage("data set pattern: 0 training samples (expected: >= 1)");
    }

    @Test
    void splits_ofDifferentShapes_areRejected() {
        PatternDataSet wide = new PatternDataSet(new SampleShape(1, 2, 3), 3, 10);

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> new DataSplits(SET, SampleIds.all(SET), SampleIds.empty(), wide, SampleIds.empty()))
                .withMessage(
                        "data set pattern: test samples are images of 1x2x3 (expected: images of 1x2x2 as in training)");
    }

    @Test
    void splits_ofDifferentClasses_areRejected() {
        PatternDataSet more = new PatternDataSet(SET.shape(), 4, 10);

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> new DataSplits(SET, SampleIds.all(SET), SampleIds.empty(), more, SampleIds.empty()))
                .withMessage("data set pattern: 4 classes in test (expected: 3 as in training)")
                .satisfies(e -> assertThat(e.code()).isEqualTo(DataException.Code.CORRUPT));
    }

    @Test
    void withTrain_changesNothingElse() {
        DataSplits splits = new DataSplits(SET, SampleIds.all(SET), SampleIds.empty(), SET, SampleIds.all(SET));

        DataSplits fewer = splits.withTrain(SampleIds.range(0, 4));

        assertThat(fewer)
                .isEqualTo(new DataSplits(SET, SampleIds.range(0, 4), SampleIds.empty(), SET, SampleIds.all(SET)));
    }
}
