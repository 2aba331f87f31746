package io.reflux.data;

/** A labelled set of 8-bit images. */
public non-sealed interface ImageDataSet extends DataSet {

    /** Shape of every sample. */
    SampleShape shape();

    /**
     * Label of a sample.
     *
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    int label(long sampleId);

    /**
     * Copies a sample's pixels, unsigned bytes in C x H x W order, into {@code target} from {@code offset} on.
     *
     * @throws IndexOutOfBoundsException if there is no such sample, or {@code target} has no room for
     *     {@code shape().elements()} bytes there
     */
    void copyPixels(long sampleId, byte[] target, int offset);

    @Override
    default int positions() {
        return 1;
    }

    @Override
    default void copyLabels(long sampleId, int[] target, int offset) {
        target[offset] = label(sampleId);
    }

    @Override
    default String sampleDescription() {
        return "images of " + shape();
    }
}
