package io.reflux.data.view;

/**
 * A sample as one augmentation shows it, by name.
 *
 * @param sampleId the sample in its data set
 * @param augmentationSeed what the augmentation draws from; 0 is the sample as it is
 */
public record View(long sampleId, long augmentationSeed) {

    /** A sample as it is. */
    public static View plain(long sampleId) {
        return new View(sampleId, 0);
    }
}
