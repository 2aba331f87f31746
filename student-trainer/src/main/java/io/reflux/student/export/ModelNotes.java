package io.reflux.student.export;

import io.reflux.data.DataSet;
import io.reflux.data.TextDataSet;
import io.reflux.data.Vocabulary;
import io.reflux.data.catalog.TextForm;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.student.failure.TrainingFailure;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The notes in an ONNX file's metadata that a user of the file needs: {@code reflux.data}, {@code reflux.pixel.mean},
 * {@code reflux.pixel.std}, {@code reflux.classes}; for text, instead of what is about pixels, {@code reflux.vocabulary} as
 * {@link io.reflux.data.Vocabulary#toText} has it.
 *
 * @param dataSet name of the data set the model was trained on; empty when unknown
 * @param scaling how pixels become inputs; {@link PixelScaling#UNIT} when the file does not say
 */
public record ModelNotes(String dataSet, PixelScaling scaling) {
    private static final String DATA = "reflux.data";
    private static final String MEAN = "reflux.pixel.mean";
    private static final String STD = "reflux.pixel.std";
    private static final String CLASSES = "reflux.classes";
    private static final String VOCABULARY = "reflux.vocabulary";

    /**
     * Reads the notes of a model.
     *
     * @param metadata the model's metadata
     * @throws TrainingFailure when mean or standard deviation are not lists of numbers of one length
     */
    public static ModelNotes of(Map<String, String> metadata) {
        String mean = metadata.get(MEAN);
        String std = metadata.get(STD);
        PixelScaling scaling = mean == null && std == null
                ? PixelScaling.UNIT
                : scaling(mean == null ? "0" : mean, std == null ? "1" : std);
        return new ModelNotes(metadata.getOrDefault(DATA, ""), scaling);
    }

    /**
     * Reads the vocabulary of a model of text, or nothing where the file has none.
     *
     * @throws TrainingFailure when it is malformed
     */
    public static Optional<Vocabulary> vocabulary(Map<String, String> metadata) {
        String text = metadata.get(VOCABULARY);
        try {
            return text == null ? Optional.empty() : Optional.of(Vocabulary.ofText(text));
        } catch (IllegalArgumentException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH, "model metadata " + VOCABULARY + ": " + e.getMessage(), e);
        }
    }

    /** How text is cut for a model: sequences of its length, with as many words as its notes list. */
    public static TextForm textForm(ModelGraph graph) {
        ValueInfo input = graph.inputs().get(0);
        if (input.type() != ElementType.INT64
                || input.shape().size() != 2
                || input.shape().get(1) < 1) {
            return TextForm.USUAL;
        }
        int length = Math.toIntExact(input.shape().get(1));
        return new TextForm(
                length, vocabulary(graph.metadata()).map(Vocabulary::size).orElse(0));
    }

    private static PixelScaling scaling(String mean, String std) {
        try {
            return new PixelScaling(numbers(mean), numbers(std));
        } catch (IllegalArgumentException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    "model metadata " + MEAN + ", " + STD + ": " + mean + ", " + std
                            + " (expected: as many numbers each, std > 0)",
                    e);
        }
    }

    private static List<Float> numbers(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::trim)
                .map(Float::valueOf)
                .toList();
    }

    /**
     * Returns a model's metadata with these notes.
     *
     * @param metadata what the model has already
     * @param set what the model was trained on
     */
    public Map<String, String> addTo(Map<String, String> metadata, DataSet set) {
        Map<String, String> result = new LinkedHashMap<>(metadata);
        result.put(DATA, dataSet);
        if (set instanceof TextDataSet words) {
            result.put(VOCABULARY, words.vocabulary().toText());
        } else {
            result.put(MEAN, text(scaling.mean()));
            result.put(STD, text(scaling.std()));
        }
        result.put(CLASSES, Integer.toString(set.numClasses()));
        return result;
    }

    private static String text(List<Float> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
