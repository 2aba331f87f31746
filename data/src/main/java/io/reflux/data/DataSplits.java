package io.reflux.data;

/**
 * The sets of one experiment and which of their samples serve which purpose.
 *
 * @param training the set that {@code train} and {@code validation} refer to
 * @param train samples to learn from; at least one
 * @param validation samples held out of {@code training} to choose by; may be empty, shares none with {@code train}
 * @param test the set that {@code testIds} refers to; nothing may be chosen by it
 * @param testIds samples to report on
 */
public record DataSplits(DataSet training, SampleIds train, SampleIds validation, DataSet test, SampleIds testIds) {

    /** @throws DataException if no sample is left to train on, or the two sets differ in shape or classes */
    public DataSplits {
        if (train.size() == 0) {
            throw new DataException(
                    DataException.Code.UNFIT,
                    "data set %s: 0 training samples (expected: >= 1)".formatted(training.name()));
        }
        if (!training.sampleDescription().equals(test.sampleDescription())) {
            throw new DataException(
                    DataException.Code.CORRUPT,
                    "data set %s: test samples are %s (expected: %s as in training)"
                            .formatted(test.name(), test.sampleDescription(), training.sampleDescription()));
        }
        if (training.numClasses() != test.numClasses()) {
            throw new DataException(
                    DataException.Code.CORRUPT,
                    "data set %s: %d classes in test (expected: %d as in training)"
                            .formatted(test.name(), test.numClasses(), training.numClasses()));
        }
    }

    /** The same splits with other samples to train on. */
    public DataSplits withTrain(SampleIds newTrain) {
        return new DataSplits(training, newTrain, validation, test, testIds);
    }
}
