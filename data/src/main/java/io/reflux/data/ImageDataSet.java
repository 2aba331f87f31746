package io.reflux.data;

/**
 * A labelled set of 8-bit images, addressed by sample id from 0 to {@link #size()} - 1.
 *
 * <p>A set never changes: the same id gives the same pixels and label for ever. Implementations are thread-safe.
 */
public interface ImageDataSet {

    /** Name for people, such as {@code mnist}. */
    String name();

    /** Shape of every sample. */
    SampleShape shape();

    /** Number of classes; labels are 0 to {@code numClasses() - 1}. */
    int numClasses();

    /** Number of samples. */
    long size();

    /**
     * SHA-256 over what the set holds, as 64 lower-case hexadecimal digits: two sets with the same fingerprint have the
     * same samples and labels under the same ids. The first call may read the whole set.
     */
    String fingerprint();

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

    /**
     * Checks that a sample exists.
     *
     * @return {@code sampleId}
     * @throws IndexOutOfBoundsException if it does not
     */
    default long checkSampleId(long sampleId) {
        if (sampleId < 0 || sampleId >= size()) {
            throw new IndexOutOfBoundsException("sampleId: %s (expected: 0 to %d, data set %s)"
                    .formatted(Long.toUnsignedString(sampleId), size() - 1, name()));
        }
        return sampleId;
    }
}
