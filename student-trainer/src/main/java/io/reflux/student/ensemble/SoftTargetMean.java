package io.reflux.student.ensemble;

import io.reflux.student.source.SoftLabels;
import java.util.Arrays;
import java.util.List;

/**
 * The weighted mean of several teachers' soft targets, as logits that reproduce it.
 *
 * <p>Teacher i has logits z_i, a weight w_i and a temperature T_i. The target is
 *
 * <pre>p_c = sum_i w_i softmax(z_i / T_i)_c / sum_i w_i</pre>
 *
 * <p>The step computes softmax(v / T) from the logits v that it is handed and its own temperature T. With v_c = T log p_c that is
 * exp(log p_c) / sum_k exp(log p_k) = p_c, since p sums to one. Sums are taken over logarithms, in double precision, so that a
 * probability too small for a float still has a finite logit. A mean of logits would be another target, the geometric mean.
 *
 * <p>Shapes: B rows x C classes, row-major, for each teacher and the result.
 */
final class SoftTargetMean {
    private final double[] logWeights;
    private final double[] temperatures;
    private final double temperature;

    /**
     * Prepares a mean.
     *
     * @param weights one for each teacher, above 0; only their ratios count
     * @param temperatures one for each teacher, above 0
     * @param temperature at which the step will take the softmax of the result, above 0
     */
    SoftTargetMean(double[] weights, double[] temperatures, double temperature) {
        double sum = Arrays.stream(weights).sum();
        this.logWeights =
                Arrays.stream(weights).map(weight -> Math.log(weight / sum)).toArray();
        this.temperatures = temperatures.clone();
        this.temperature = temperature;
    }

    /** Returns the logits of the mean; the labels are one for each teacher, in order and of one shape. */
    float[] logits(List<SoftLabels> labels) {
        int classes = labels.get(0).classes();
        float[] mean = new float[labels.get(0).logits().length];
        double[][] logs = new double[labels.size()][classes];
        for (int offset = 0; offset < mean.length; offset += classes) {
            for (int i = 0; i < logs.length; i++) {
                logTargets(labels.get(i).logits(), offset, i, logs[i]);
            }
            for (int c = 0; c < classes; c++) {
                mean[offset + c] = (float) (temperature * logSum(logs, c));
            }
        }
        return mean;
    }

    /** log w_i + log softmax(z_i / T_i). */
    private void logTargets(float[] logits, int offset, int teacher, double[] target) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < target.length; c++) {
            target[c] = logits[offset + c] / temperatures[teacher];
            largest = Math.max(largest, target[c]);
        }
        double sum = 0;
        for (double value : target) {
            sum += Math.exp(value - largest);
        }
        double normaliser = largest + Math.log(sum) - logWeights[teacher];
        for (int c = 0; c < target.length; c++) {
            target[c] -= normaliser;
        }
    }

    private static double logSum(double[][] logs, int c) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double[] teacher : logs) {
            largest = Math.max(largest, teacher[c]);
        }
        double sum = 0;
        for (double[] teacher : logs) {
            sum += Math.exp(teacher[c] - largest);
        }
        return largest + Math.log(sum);
    }
}
