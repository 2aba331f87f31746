package io.reflux.teacher.engine;

import io.reflux.data.view.PixelScaling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the notes about pixels that a model file may carry. */
final class PixelNotes {

    static final String MEAN = "reflux.pixel.mean";
    static final String STD = "reflux.pixel.std";

    private PixelNotes() {}

    /** The scaling that the notes ask for; pixels in [0, 1] where there are none. */
    static PixelScaling scaling(Map<String, String> notes) {
        String mean = notes.get(MEAN);
        String std = notes.get(STD);
        if (mean == null && std == null) {
            return PixelScaling.UNIT;
        }
        if (mean == null || std == null) {
            throw new IllegalArgumentException(
                    "model metadata: only one of " + MEAN + " and " + STD + " (expected: both or none)");
        }
        return new PixelScaling(numbers(MEAN, mean), numbers(STD, std));
    }

    private static List<Float> numbers(String key, String text) {
        List<Float> numbers = new ArrayList<>();
        for (String number : text.split(",", -1)) {
            try {
                numbers.add(Float.parseFloat(number.trim()));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "model metadata " + key + ": " + text + " (expected: numbers with commas between)", e);
            }
        }
        return numbers;
    }
}
