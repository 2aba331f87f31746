package io.reflux.data.catalog;

import io.reflux.data.DataException;
import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.glyph.GlyphDataSet;
import io.reflux.data.random.PhiloxStream;
import io.reflux.data.random.Purpose;

/**
 * Splits of the endless glyphs: the first ids of one set to train on, its last ones held out, and a set drawn under
 * another seed to test on. Runs that train on more or fewer samples share the set and its fingerprint.
 */
final class Glyphs {

    private static final long TRAINING_SIZE = 1L << 31;
    private static final long DEFAULT_TRAIN_SAMPLES = 60_000;
    private static final long TEST_SIZE = 10_000;

    private Glyphs() {}

    static DataSplits open(DataSetSpec spec) {
        long train = spec.trainSamples() == 0 ? DEFAULT_TRAIN_SAMPLES : spec.trainSamples();
        if (train > TRAINING_SIZE / 2 || spec.validationSamples() > TRAINING_SIZE / 2) {
            throw new DataException(
                    DataException.Code.UNFIT,
                    "data set glyphs: %d training and %d validation samples (expected: at most %d of each)"
                            .formatted(train, spec.validationSamples(), TRAINING_SIZE / 2));
        }
        GlyphDataSet training = new GlyphDataSet(spec.seed(), TRAINING_SIZE);
        long testSeed = new PhiloxStream(spec.seed(), Purpose.GLYPH_TEST_SEED, 0).nextLong();
        GlyphDataSet test = new GlyphDataSet(testSeed, TEST_SIZE);
        SampleIds ids = SampleIds.all(training);
        return new DataSplits(
                training, ids.first(train), ids.last(spec.validationSamples()), test, SampleIds.all(test));
    }
}
