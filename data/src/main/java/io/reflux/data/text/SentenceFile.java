package io.reflux.data.text;

import io.reflux.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a table of sentences as the GLUE benchmark has them: a header line, then lines of sentence, tab, label. */
final class SentenceFile {

    private static final String HEADER = "sentence\tlabel";

    private SentenceFile() {}

    /** The sentences, split into words at spaces; at least one. */
    static List<Sentence> read(Path file, int numClasses) {
        String[] lines = TextFile.read(file, "a table of sentences and labels").split("\r?\n");
        if (!lines[0].equals(HEADER)) {
            throw corrupt(file, 1, "\"%s\"".formatted(lines[0]), "the header sentence, tab, label");
        }
        List<Sentence> sentences = new ArrayList<>(lines.length);
        for (int i = 1; i < lines.length; i++) {
            sentences.add(sentence(file, i + 1, lines[i], numClasses));
        }
        if (sentences.isEmpty()) {
            throw corrupt(file, 2, "no sentence", "at least one");
        }
        return sentences;
    }

    private static Sentence sentence(Path file, int number, String line, int numClasses) {
        String[] fields = line.split("\t", -1);
        if (fields.length != 2) {
            throw corrupt(file, number, fields.length + " fields", "sentence, tab, label");
        }
        String text = fields[0].strip();
        if (text.isEmpty()) {
            throw corrupt(file, number, "no words", "a sentence");
        }
        if (!fields[1].matches("\\d") || Integer.parseInt(fields[1]) >= numClasses) {
            throw corrupt(file, number, "label " + fields[1], "0 to " + (numClasses - 1));
        }
        return new Sentence(List.of(text.split(" +")), Integer.parseInt(fields[1]));
    }

    private static DataException corrupt(Path file, int line, String found, String expected) {
        return new DataException(
                DataException.Code.CORRUPT, "%s: line %d: %s (expected: %s)".formatted(file, line, found, expected));
    }
}
