package io.reflux.quantization.fidelity;

import io.reflux.model.graph.ModelException;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import java.util.Locale;

/**
 * How far the logits of two models lie apart, over the same samples.
 *
 * @param positions rows of logits compared, at least 1
 * @param maxDifference largest |a − b| of two logits
 * @param meanDifference mean |a − b| of all logits
 * @param agreement share of rows whose largest logit is the same, in [0, 1]
 */
public record Fidelity(long positions, double maxDifference, double meanDifference, double agreement) {

    /**
     * Compares.
     *
     * @throws ModelException if there are no samples, the models give another number of logits, or one of them is not finite
     */
    public static Fidelity between(InferenceModel a, InferenceModel b, Iterable<CalibrationBatch> batches) {
        long positions = 0;
        long agreeing = 0;
        double max = 0;
        double sum = 0;
        int classes = a.numClasses();
        for (CalibrationBatch batch : batches) {
            float[] one = a.logits(batch.inputs(), batch.rows());
            float[] other = b.logits(batch.inputs(), batch.rows());
            if (one.length != other.length || b.numClasses() != classes) {
                throw new ModelException(
                        ModelException.Code.SHAPE_MISMATCH,
                        "logits: " + other.length + " (expected: " + one.length + ", as the first model gives)");
            }
            requireFinite("first", one);
            requireFinite("second", other);
            for (int i = 0; i < one.length; i++) {
                double difference = Math.abs((double) one[i] - other[i]);
                max = Math.max(max, difference);
                sum += difference;
            }
            for (int row = 0; row < one.length; row += classes) {
                agreeing += argmax(one, row, classes) == argmax(other, row, classes) ? 1 : 0;
                positions++;
            }
        }
        if (positions == 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "fidelity: 0 samples (expected: at least 1)");
        }
        return new Fidelity(positions, max, sum / positions / classes, (double) agreeing / positions);
    }

    /**
     * Refuses a file whose answers are not those of the graph that was trained.
     *
     * @param least smallest agreement, in [0, 1]
     * @param source what the message calls the file
     * @throws ModelException if the agreement is smaller
     */
    public void requireAgreement(double least, String source) {
        if (agreement < least) {
            throw new ModelException(
                    ModelException.Code.ENGINE,
                    String.format(
                            Locale.ROOT,
                            "%s: agreement of the reloaded file with the training graph: %.3f %% (expected: >= %.3f %%)",
                            source,
                            100 * agreement,
                            100 * least));
        }
    }

    /** Two models whose logits are all NaN would agree. */
    private static void requireFinite(String model, float[] logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                throw new ModelException(
                        ModelException.Code.ENGINE,
                        "logits of the " + model + " model: " + logit + " (expected: finite)");
            }
        }
    }

    private static int argmax(float[] logits, int from, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (logits[from + c] > logits[from + best]) {
                best = c;
            }
        }
        return best;
    }
}
