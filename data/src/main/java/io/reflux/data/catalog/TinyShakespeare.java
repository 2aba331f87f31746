package io.reflux.data.catalog;

import io.reflux.data.DataException;
import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.Vocabulary;
import io.reflux.data.text.TextFile;
import io.reflux.data.text.TextWindows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The tiny-shakespeare text by characters: the first 90 % to train on, the rest to test on. Every offset begins a
 * training window, so that an epoch draws each offset once. The test windows touch: each character is predicted once.
 *
 * <p>Validation windows touch too. They are taken from the end of the training text, and no training window reaches into
 * them.
 */
final class TinyShakespeare {

    private static final int USUAL_LENGTH = 64;
    private static final List<String> SUBFOLDERS = List.of("text/tinyshakespeare", "tinyshakespeare");

    private TinyShakespeare() {}

    static DataSplits open(DataSetSpec spec) {
        String text = TextFile.read(
                new SetFolder(spec, SUBFOLDERS, "input.txt").find("input.txt"), "the tiny-shakespeare text");
        int length = spec.text().lengthOr(USUAL_LENGTH);
        Vocabulary vocabulary = Vocabulary.ofCharacters(text);
        int[] tokens = text.codePoints()
                .map(character -> vocabulary.id(Character.toString(character)))
                .toArray();
        int split = (int) (tokens.length * 0.9);
        TextWindows training = new TextWindows(spec.name(), vocabulary, Arrays.copyOf(tokens, split), length, 1);
        TextWindows test = new TextWindows(
                spec.name() + "-test", vocabulary, Arrays.copyOfRange(tokens, split, tokens.length), length, length);
        long heldOut = spec.validationSamples();
        // Training windows end, labels included, before the first validation window begins.
        long train = heldOut == 0 ? training.size() : training.size() - Math.min(heldOut, split) * length - 1;
        if (train < 1 || spec.trainSamples() > train) {
            throw new DataException(
                    DataException.Code.UNFIT,
                    "data set %s: %d training and %d validation samples (expected: %d windows of %d characters, of them >= 1 for training)"
                            .formatted(spec.name(), spec.trainSamples(), heldOut, training.size(), length));
        }
        long first = training.size() - (heldOut - 1) * length - 1;
        SampleIds validation = SampleIds.of(
                LongStream.range(0, heldOut).map(i -> first + i * length).toArray());
        SampleIds all = SampleIds.range(0, train);
        SampleIds ids = spec.trainSamples() == 0 ? all : all.first(spec.trainSamples());
        return new DataSplits(training, ids, validation, test, SampleIds.all(test));
    }
}
