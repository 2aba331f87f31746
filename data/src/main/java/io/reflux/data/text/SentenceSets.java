package io.reflux.data.text;

import io.reflux.data.Vocabulary;
import java.nio.file.Path;
import java.util.List;

/**
 * A training and a test set of sentences that share the vocabulary of the training set.
 *
 * @param training to learn from
 * @param test to report on
 */
public record SentenceSets(SentenceSet training, SentenceSet test) {

    /**
     * Reads two tables, compressed by gzip or not.
     *
     * @param name name of the training set; the test set's ends in {@code -test}
     * @param numClasses labels are 0 to {@code numClasses - 1}
     * @param length T, words kept of a sentence, at least 1
     * @param vocabularySize most tokens of the vocabulary, padding and the unknown word included; at least 3
     * @throws io.reflux.data.DataException if a file is missing, unreadable or no such table
     */
    public static SentenceSets read(
            Path training, Path test, String name, int numClasses, int length, int vocabularySize) {
        List<Sentence> learnt = SentenceFile.read(training, numClasses);
        List<Sentence> tested = SentenceFile.read(test, numClasses);
        Vocabulary vocabulary =
                Vocabulary.ofWords(learnt.stream().flatMap(sentence -> sentence.words().stream()), vocabularySize);
        return new SentenceSets(
                new SentenceSet(name, vocabulary, numClasses, length, learnt),
                new SentenceSet(name + "-test", vocabulary, numClasses, length, tested));
    }
}
