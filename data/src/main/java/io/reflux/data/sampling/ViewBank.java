package io.reflux.data.sampling;

import io.reflux.data.random.PhiloxStream;
import io.reflux.data.random.Purpose;

/**
 * Which views of a sample a run may see. An open bank draws a new one in every epoch, so that no label is ever asked for
 * twice; a bank of N holds the augmentation seeds 1 to N of every sample, the same ones for every run, so that epochs and
 * students meet the same views again.
 *
 * <p>Of N views an epoch takes the one after the last epoch's, beginning with one that the run's seed chooses for each
 * sample: N epochs show all of them once.
 *
 * @param views N; 0 for an open bank
 */
public record ViewBank(int views) {

    /** Every epoch draws new views. */
    public static final ViewBank OPEN = new ViewBank(0);

    /** Most views of a sample. */
    public static final int MAX_VIEWS = 1 << 20;

    /** @throws IllegalArgumentException if {@code views} is out of range */
    public ViewBank {
        if (views < 0 || views > MAX_VIEWS) {
            throw new IllegalArgumentException("viewBank: %d (expected: 0 to %d)".formatted(views, MAX_VIEWS));
        }
    }

    /** The augmentation seed of a sample in an epoch of a run, never 0, which would mean the sample as it is. */
    long augmentationSeed(long runSeed, int epoch, long epochSeed, long sampleId) {
        if (views == 0) {
            long drawn = new PhiloxStream(epochSeed, Purpose.AUGMENTATION_SEED, sampleId).nextLong();
            return drawn == 0 ? 1 : drawn;
        }
        int first = new PhiloxStream(runSeed, Purpose.BANK_START, sampleId).nextInt(views);
        return (first + (long) epoch) % views + 1;
    }
}
