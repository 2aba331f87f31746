package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.sampling.ViewBank;
import io.reflux.data.view.PixelScaling;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The data a student learns from and is measured on.
 *
 * @param set name in the data catalogue, such as {@code mnist} or {@code glyphs}
 * @param folder where its files are, or null when it needs none or the command line gives it
 * @param trainSamples training samples to use, 0 for all
 * @param validationSamples samples kept out of training to measure each epoch, at least 0
 * @param excludeClasses classes left out of training, but not of validation and test
 * @param seed seed of what is drawn at random: the split, or the samples of a procedural set
 * @param pixelMean mean taken off each pixel in [0, 1] before the student sees it; one for all channels or one each; when
 *     neither this nor {@code pixelStd} is written, the usual ones of the set
 * @param pixelStd what is then divided by, above 0; as many as means
 * @param blockSize tokens of a sample of text: of a window, or kept of a sentence; 0 for the usual number of the set
 * @param vocabularySize most tokens of a vocabulary of words; 0 for the usual number of the set
 * @param viewBank augmented views of a sample, which epochs take in turn; 0: each epoch draws a new one
 */
public record DataConfig(
        String set,
        @Nullable String folder,
        long trainSamples,
        long validationSamples,
        Set<Integer> excludeClasses,
        long seed,
        List<Double> pixelMean,
        List<Double> pixelStd,
        int blockSize,
        int vocabularySize,
        int viewBank) {
    /**
     * Checks the settings and copies the collections.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public DataConfig {
        Setting.require(!set.isBlank(), "set", "\"" + set + "\"", "the name of a data set");
        Setting.atLeast("trainSamples", trainSamples, 0);
        Setting.atLeast("validationSamples", validationSamples, 0);
        excludeClasses = Set.copyOf(excludeClasses);
        excludeClasses.forEach(label -> Setting.atLeast("excludeClasses", (int) label, 0));
        pixelMean = List.copyOf(pixelMean);
        pixelStd = List.copyOf(pixelStd);
        Setting.require(!pixelMean.isEmpty(), "pixelMean", pixelMean, "one number a channel");
        Setting.require(
                pixelStd.size() == pixelMean.size(), "pixelStd", pixelStd, pixelMean.size() + " numbers, as pixelMean");
        pixelMean.forEach(mean -> Setting.require(Double.isFinite(mean), "pixelMean", mean, "finite"));
        pixelStd.forEach(std -> Setting.above("pixelStd", std, 0));
        Setting.atLeast("blockSize", blockSize, 0);
        Setting.require(vocabularySize == 0 || vocabularySize >= 3, "vocabularySize", vocabularySize, ">= 3, or 0");
        Setting.inRange("viewBank", viewBank, 0, ViewBank.MAX_VIEWS);
    }

    @JsonCreator
    static DataConfig of(
            @JsonProperty("set") @Nullable String set,
            @JsonProperty("folder") @Nullable String folder,
            @JsonProperty("trainSamples") @Nullable Long trainSamples,
            @JsonProperty("validationSamples") @Nullable Long validationSamples,
            @JsonProperty("excludeClasses") @Nullable Set<Integer> excludeClasses,
            @JsonProperty("seed") @Nullable Long seed,
            @JsonProperty("pixelMean") @Nullable List<Double> pixelMean,
            @JsonProperty("pixelStd") @Nullable List<Double> pixelStd,
            @JsonProperty("blockSize") @Nullable Integer blockSize,
            @JsonProperty("vocabularySize") @Nullable Integer vocabularySize,
            @JsonProperty("viewBank") @Nullable Integer viewBank) {
        // A scaling of one's own needs both: half of the set's would be neither.
        PixelScaling usual =
                set == null || pixelMean != null || pixelStd != null ? PixelScaling.UNIT : DataCatalog.scaling(set);
        return new DataConfig(
                set == null ? "" : set,
                folder,
                trainSamples == null ? 0 : trainSamples,
                validationSamples == null ? 5000 : validationSamples,
                excludeClasses == null ? Set.of() : excludeClasses,
                seed == null ? 1 : seed,
                pixelMean == null ? doubles(usual.mean()) : pixelMean,
                pixelStd == null ? doubles(usual.std()) : pixelStd,
                blockSize == null ? 0 : blockSize,
                vocabularySize == null ? 0 : vocabularySize,
                viewBank == null ? 0 : viewBank);
    }

    /** By way of the shortest decimal: 0.4914f is to read 0.4914 and to become 0.4914f again. */
    private static List<Double> doubles(List<Float> values) {
        return values.stream().map(value -> Double.valueOf(value.toString())).toList();
    }

    /** The same data wherever its files lie, with its classes in order: what {@link Recipe#digest()} covers. */
    String identity() {
        String samples = String.join(
                " ",
                set,
                Long.toString(trainSamples),
                Long.toString(validationSamples),
                new TreeSet<>(excludeClasses).toString(),
                Long.toString(seed),
                pixelMean.toString(),
                pixelStd.toString(),
                Integer.toString(blockSize),
                Integer.toString(vocabularySize));
        return viewBank == 0 ? samples : samples + " " + viewBank;
    }
}
