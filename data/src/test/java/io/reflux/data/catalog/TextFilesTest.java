package io.reflux.data.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.DataSplits;
import io.reflux.data.StandardData;
import io.reflux.data.TextDataSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The published texts; needs {@code -Dreflux.data.dir}. */
final class TextFilesTest {

    @Test
    void tinyShakespeare_isSplitAsUsual() {
        DataSplits splits = DataCatalog.open(new DataSetSpec("tiny-shakespeare", StandardData.folder(), 0, 0, 1));

        // 1,115,394 characters of 65 kinds: 1,003,854 to train on and 111,540 to test on.
        assertThat(splits.training().numClasses()).isEqualTo(65);
        assertThat(splits.train().size()).isEqualTo(1_003_854 - 64);
        assertThat(splits.testIds().size()).isEqualTo((111_540 - 1) / 64);
        assertThat(text((TextDataSet) splits.training(), 0))
                .startsWith("First Citizen:\nBefore we proceed any further");
        assertThat(splits.training().sampleDescription()).isEqualTo("64 tokens");
    }

    @Test
    void tinyShakespeare_heldOut_sharesNoCharacterWithTraining() {
        DataSplits splits = DataCatalog.open(
                new DataSetSpec("tiny-shakespeare", StandardData.folder(), 0, 10, 1, new TextForm(32, 0)));

        long lastTrained = splits.train().get(splits.train().size() - 1);
        assertThat(splits.validation().size()).isEqualTo(10);
        // The last label of a window at offset o is token o + 32.
        assertThat(lastTrained + 32).isLessThan(splits.validation().get(0));
        assertThat(splits.validation().get(1) - splits.validation().get(0)).isEqualTo(32);
        assertThat(splits.validation().get(9)).isEqualTo(splits.training().size() - 1);
    }

    @Test
    void sst2_holdsThePublishedSentences() {
        DataSplits splits = DataCatalog.open(new DataSetSpec("sst2", StandardData.folder(), 0, 1000, 1));

        assertThat(splits.training().size()).isEqualTo(67_349);
        assertThat(splits.train().size()).isEqualTo(66_349);
        assertThat(splits.testIds().size()).isEqualTo(872);
        assertThat(((TextDataSet) splits.training()).vocabulary().size()).isEqualTo(10_000);
        int[] label = new int[1];
        long positive = splits.testIds().stream()
                .filter(id -> {
                    splits.test().copyLabels(id, label, 0);
                    return label[0] == 1;
                })
                .count();
        assertThat(positive).isEqualTo(444);
    }

    private static String text(TextDataSet set, long id) {
        long[] tokens = new long[set.length()];
        set.copyTokens(id, tokens, 0);
        return LongStream.of(tokens)
                .mapToObj(token -> set.vocabulary().tokens().get((int) token))
                .collect(Collectors.joining());
    }
}
