package io.reflux.data;

/**
 * A labelled set of samples, addressed by sample id from 0 to {@link #size()} - 1: images or token sequences.
 *
 * <p>A set never changes: the same id gives the same sample and labels for ever. Implementations are thread-safe.
 */
public sealed interface DataSet permits ImageDataSet, TextDataSet {

    /** Name for people, such as {@code mnist}. */
    String name();

    /** Number of classes; labels are 0 to {@code numClasses() - 1}. */
    int numClasses();

    /** Number of samples. */
    long size();

    /** Labels of a sample: 1, or for a language model's text one for each token. */
    int positions();

    /**
     * SHA-256 over what the set holds, as 64 lower-case hexadecimal digits: two sets with the same fingerprint have the
     * same samples and labels under the same ids. The first call may read the whole set.
     */
    String fingerprint();

    /**
     * Copies a sample's {@link #positions()} labels into {@code target} from {@code offset} on.
     *
     * @throws IndexOutOfBoundsException if there is no such sample or no room in {@code target}
     */
    void copyLabels(long sampleId, int[] target, int offset);

    /** What one sample is, for messages, such as {@code images of 1x28x28} or {@code 64 tokens}. */
    String sampleDescription();

    /**
     * This set as images.
     *
     * @throws DataException if it is text
     */
    default ImageDataSet images() {
        if (this instanceof ImageDataSet images) {
            return images;
        }
        throw new DataException(
                DataException.Code.UNFIT, "data set %s: %s (expected: images)".formatted(name(), sampleDescription()));
    }

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
