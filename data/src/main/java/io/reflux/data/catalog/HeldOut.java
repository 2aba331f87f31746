package io.reflux.data.catalog;

import io.reflux.data.DataException;
import io.reflux.data.DataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.random.PhiloxStream;
import io.reflux.data.random.Purpose;
import java.util.Arrays;

/**
 * Which samples of a training set are trained on and which are held out: of a seeded permutation of all ids the last
 * {@code validationSamples} are held out, the first {@code trainSamples} trained on, both then in rising order. What is
 * held out therefore does not depend on how many are trained on.
 */
record HeldOut(SampleIds train, SampleIds validation) {

    static HeldOut of(DataSet set, DataSetSpec spec) {
        // Before adding up: the sum of two longs could overflow.
        long left = set.size() - Math.min(set.size(), spec.validationSamples());
        if (left < 1 || spec.trainSamples() > left) {
            throw new DataException(
                    DataException.Code.UNFIT,
                    "data set %s: %d training and %d validation samples (expected: at most %d together, of them >= 1 for training)"
                            .formatted(set.name(), spec.trainSamples(), spec.validationSamples(), set.size()));
        }
        long train = spec.trainSamples() == 0 ? left : spec.trainSamples();
        if (spec.validationSamples() == 0 && train == set.size()) {
            return new HeldOut(SampleIds.all(set), SampleIds.empty());
        }
        long[] permutation = permutation((int) set.size(), spec.seed());
        return new HeldOut(sorted(permutation, 0, (int) train), sorted(permutation, (int) left, permutation.length));
    }

    private static SampleIds sorted(long[] permutation, int from, int to) {
        long[] part = Arrays.copyOfRange(permutation, from, to);
        Arrays.sort(part);
        return SampleIds.of(part);
    }

    private static long[] permutation(int size, long seed) {
        long[] ids = new long[size];
        PhiloxStream random = new PhiloxStream(seed, Purpose.SPLIT, 0);
        // Inside-out Fisher-Yates: every prefix is a uniform permutation of its own ids.
        for (int i = 0; i < size; i++) {
            int place = random.nextInt(i + 1);
            ids[i] = ids[place];
            ids[place] = i;
        }
        return ids;
    }
}
