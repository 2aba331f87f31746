package io.reflux.student.fleet;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.View;
import io.reflux.proto.v1.Encoding;
import io.reflux.student.source.SoftLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A few fixed views of which each teacher must say what the fleet says. Encodings of logits are compared number by number, at
 * what the encoding and the arithmetic of another processor may differ by; those of probabilities by the share of probability
 * that lies elsewhere (total variation distance, in [0, 1]), since a class at the edge of the top k may fall on either side.
 */
final class Canary {
    /** Of the largest logit of a row and one: reduced-precision matrix products differ by less. */
    private static final double ARITHMETIC = 2e-3;
    /** Half a unit in the last place of binary16 on both sides. */
    private static final double HALF_PRECISION = 1e-3;

    private static final double INT8_STEPS = 255;
    private static final double TOP_K_DISTANCE = 0.02;
    /** Draws are seeded by the view, so teachers differ only where a rounding moves a draw. */
    private static final double SAMPLING_DISTANCE = 0.25;

    private final List<View> views;
    private final Encoding encoding;

    /**
     * Chooses the views.
     *
     * @param setSize samples of the data set
     * @param number how many views, at least 1
     * @param encoding how labels travel
     */
    Canary(long setSize, int number, Encoding encoding) {
        this.encoding = encoding;
        this.views = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            // Spread over the set, with seeds of no batch in particular.
            views.add(new View(setSize * i / number, i));
        }
    }

    /** Returns the views as a batch. */
    ViewBatch batch(long id) {
        return new ViewBatch(id, 0, 0, 1, views);
    }

    int rows() {
        return views.size();
    }

    /** Returns where and how an answer differs by more than it may, or nothing when it agrees. */
    Optional<String> disagreement(SoftLabels expected, SoftLabels got) {
        if (expected.logits().length != got.logits().length) {
            return Optional.of(String.format(
                    Locale.ROOT, "canary: %d logits (expected: %d)", got.logits().length, expected.logits().length));
        }
        int rows = expected.logits().length / expected.classes();
        for (int row = 0; row < rows; row++) {
            Optional<String> found = switch (encoding.getKind()) {
                case ENCODING_KIND_TOP_K -> apart(expected, got, row, TOP_K_DISTANCE);
                case ENCODING_KIND_RANDOM_SAMPLING -> apart(expected, got, row, SAMPLING_DISTANCE);
                default -> differing(expected, got, row);
            };
            if (found.isPresent()) {
                return found;
            }
        }
        return differingHint(expected, got);
    }

    /** Hints are compared number by number, at what the coarsest of their encodings may differ by. */
    private static Optional<String> differingHint(SoftLabels expected, SoftLabels got) {
        for (int i = 0; i < expected.hints().size(); i++) {
            float[] a = expected.hints().get(i);
            float[] b = i < got.hints().size() ? got.hints().get(i) : new float[0];
            if (a.length != b.length) {
                return Optional.of(String.format(
                        Locale.ROOT, "canary: %d numbers of hint %d (expected: %d)", b.length, i, a.length));
            }
            double largest = 0;
            for (float value : a) {
                largest = Math.max(largest, Math.abs(value));
            }
            double tolerance = (ARITHMETIC + HALF_PRECISION + 2 / INT8_STEPS) * (1 + largest);
            for (int j = 0; j < a.length; j++) {
                if (!(Math.abs((double) a[j] - b[j]) <= tolerance)) {
                    return Optional.of(String.format(
                            Locale.ROOT,
                            "canary, hint %d, number %d: %.6g (expected: %.6g within %.2g)",
                            i,
                            j,
                            b[j],
                            a[j],
                            tolerance));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> differing(SoftLabels expected, SoftLabels got, int row) {
        int classes = expected.classes();
        double largest = 0;
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        for (int c = 0; c < classes; c++) {
            double value = expected.logits()[row * classes + c];
            largest = Math.max(largest, Math.abs(value));
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        double tolerance = ARITHMETIC * (1 + largest);
        switch (encoding.getKind()) {
            case ENCODING_KIND_FP16 -> tolerance += HALF_PRECISION * (1 + largest);
            case ENCODING_KIND_INT8_ROWS -> tolerance += (most - least) / INT8_STEPS;
            default -> {}
        }
        for (int c = 0; c < classes; c++) {
            double a = expected.logits()[row * classes + c];
            double b = got.logits()[row * classes + c];
            if (!(Math.abs(a - b) <= tolerance)) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "canary %d, class %d: %.6g (expected: %.6g within %.2g)",
                        row,
                        c,
                        b,
                        a,
                        tolerance));
            }
        }
        return Optional.empty();
    }

    private Optional<String> apart(SoftLabels expected, SoftLabels got, int row, double tolerance) {
        double temperature = encoding.getTemperature() > 0 ? encoding.getTemperature() : 1;
        int classes = expected.classes();
        double[] a = SoftTargets.of(expected.logits(), row * classes, classes, temperature);
        double[] b = SoftTargets.of(got.logits(), row * classes, classes, temperature);
        double distance = 0;
        for (int c = 0; c < classes; c++) {
            distance += Math.abs(a[c] - b[c]) / 2;
        }
        return distance <= tolerance
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "canary %d: %.3f of the probability elsewhere (expected: <= %.2f)",
                        row,
                        distance,
                        tolerance));
    }
}
