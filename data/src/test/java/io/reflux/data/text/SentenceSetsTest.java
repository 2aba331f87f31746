package io.reflux.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.DataException;
import io.reflux.data.TextDataSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SentenceSetsTest {

    private static final String TRAIN = "sentence\tlabel\na good film \t1\na bad bad film\t0\n";

    @TempDir
    private Path folder;

    @Test
    void read_givesBothSetsTheWordsOfTheTrainingSet() throws IOException {
        SentenceSets sets = read(TRAIN, "sentence\tlabel\nno good [PAD] film at all\t1\n");

        assertThat(sets.training().vocabulary().tokens()).containsExactly("[PAD]", "[UNK]", "a", "bad", "film", "good");
        assertThat(tokens(sets.training(), 0)).containsExactly(2, 5, 4, 0, 0);
        assertThat(tokens(sets.training(), 1)).containsExactly(2, 3, 3, 4, 0);
        assertThat(tokens(sets.test(), 0)).containsExactly(1, 5, 1, 4, 1);
        assertThat(label(sets.training(), 1)).isZero();
        assertThat(label(sets.test(), 0)).isOne();
        assertThat(sets.test().numClasses()).isEqualTo(2);
    }

    @Test
    void read_whatIsNoTable_isRefusedWithItsLine() throws IOException {
        assertRefused("text\n", "line 1: \"text\" (expected: the header sentence, tab, label)");
        assertRefused("sentence\tlabel\n", "line 2: no sentence (expected: at least one)");
        assertRefused("sentence\tlabel\na\t1\nb\n", "line 3: 1 fields (expected: sentence, tab, label)");
        assertRefused("sentence\tlabel\na\t2\n", "line 2: label 2 (expected: 0 to 1)");
        assertRefused("sentence\tlabel\n \t1\n", "line 2: no words (expected: a sentence)");
        assertRefused("", "empty (expected: a table of sentences and labels)");
    }

    private void assertRefused(String table, String problem) throws IOException {
        Path file = folder.resolve("train.tsv");
        assertThatThrownBy(() -> read(table, TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": " + problem);
    }

    private SentenceSets read(String train, String test) throws IOException {
        Path trainFile = Files.writeString(folder.resolve("train.tsv"), train);
        Path testFile = Files.writeString(folder.resolve("dev.tsv"), test);
        return SentenceSets.read(trainFile, testFile, "s", 2, 5, 100);
    }

    private static long[] tokens(TextDataSet set, long id) {
        long[] tokens = new long[set.length()];
        set.copyTokens(id, tokens, 0);
        return tokens;
    }

    private static int label(TextDataSet set, long id) {
        int[] label = new int[1];
        set.copyLabels(id, label, 0);
        return label[0];
    }
}
