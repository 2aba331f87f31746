package io.reflux.data.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts in the files of the standard sets, with something to be learnt in a few steps. */
public final class LittleTexts {

    private LittleTexts() {}

    /**
     * Writes {@code input.txt} of tiny-shakespeare, in which each of eight letters tells the next one, and the tables of sst2,
     * in which a review is good exactly if it says so, first or last.
     */
    public static void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("input.txt"), "abcdefgh".repeat(60));
        Files.writeString(folder.resolve("train.tsv"), reviews(200));
        Files.writeString(folder.resolve("dev.tsv"), reviews(40));
    }

    private static String reviews(int count) {
        StringBuilder table = new StringBuilder("sentence\tlabel\n");
        for (int i = 0; i < count; i++) {
            String verdict = i % 2 == 0 ? "bad" : "good";
            table.append(i % 3 == 0 ? verdict + " film " : "this film is " + verdict + " ")
                    .append('\t')
                    .append(i % 2)
                    .append('\n');
        }
        return table.toString();
    }
}
