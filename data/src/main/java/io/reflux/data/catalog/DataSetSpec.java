package io.reflux.data.catalog;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which data set, and how much of it.
 *
 * @param name one of {@link DataCatalog#names()}
 * @param folder where its files are, themselves or in a folder of the set's name; null for sets without files
 * @param trainSamples samples to train on; 0 is all that are not held out ({@code glyphs}, being endless: 60000)
 * @param validationSamples samples held out of the training set to choose by; may be 0
 * @param seed of what is drawn: the samples held out, and the glyphs themselves
 * @param text how text becomes samples; means nothing to images
 */
public record DataSetSpec(
        String name, @Nullable Path folder, long trainSamples, long validationSamples, long seed, TextForm text) {

    /** With text in its usual form. */
    public DataSetSpec(String name, @Nullable Path folder, long trainSamples, long validationSamples, long seed) {
        this(name, folder, trainSamples, validationSamples, seed, TextForm.USUAL);
    }

    /** @throws IllegalArgumentException if a number is negative */
    public DataSetSpec {
        if (trainSamples < 0) {
            throw new IllegalArgumentException("trainSamples: %d (expected: >= 0)".formatted(trainSamples));
        }
        if (validationSamples < 0) {
            throw new IllegalArgumentException("validationSamples: %d (expected: >= 0)".formatted(validationSamples));
        }
    }
}
