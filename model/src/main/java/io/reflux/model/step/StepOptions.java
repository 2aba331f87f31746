package io.reflux.model.step;

import io.reflux.model.graph.NamePatterns;
import io.reflux.model.precision.Precision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link TrainStep} trains, besides its loss and optimiser.
 *
 * @param precision what forward and backward pass compute in where they may; weights and updates are fp32
 * @param clipNorm largest 2-norm of all gradients together, &gt; 0 (Pascanu et al. 2013, arXiv:1211.5063, algorithm 1);
 *     0 = any
 * @param accumulate batches of one update, &ge; 1; their gradients are averaged over all positions that count
 * @param emaDecay decay of the average of the weights, in [0, 1); 0 = none. It warms up: update t decays by the smaller
 *     of this and (1 + t) / (10 + t). With an average, it is what is evaluated and exported
 * @param freeze patterns of the parameters that do not train
 * @param noWeightDecay patterns of the parameters on which weight decay does not act; null = all of rank one and less:
 *     biases and the scales of norms
 * @see NamePatterns
 */
public record StepOptions(
        Precision precision,
        double clipNorm,
        int accumulate,
        double emaDecay,
        List<String> freeze,
        @Nullable List<String> noWeightDecay) {

    /** fp32, no clipping, one batch an update, no average, all parameters train. */
    public static final StepOptions DEFAULT = new StepOptions(Precision.FP32, 0, 1, 0, List.of(), null);

    public StepOptions {
        Ranges.requireNonNegative("clipNorm", clipNorm);
        Ranges.require("accumulate", accumulate, accumulate >= 1, ">= 1");
        Ranges.requireFraction("emaDecay", emaDecay);
        freeze = List.copyOf(freeze);
        noWeightDecay = noWeightDecay == null ? null : List.copyOf(noWeightDecay);
    }

    /** These options in another precision. */
    public StepOptions withPrecision(Precision other) {
        return new StepOptions(other, clipNorm, accumulate, emaDecay, freeze, noWeightDecay);
    }

    /** These options with gradients clipped. */
    public StepOptions withClipNorm(double norm) {
        return new StepOptions(precision, norm, accumulate, emaDecay, freeze, noWeightDecay);
    }

    /** These options with another number of batches for an update. */
    public StepOptions withAccumulate(int batches) {
        return new StepOptions(precision, clipNorm, batches, emaDecay, freeze, noWeightDecay);
    }

    /** These options with an average of the weights. */
    public StepOptions withEmaDecay(double decay) {
        return new StepOptions(precision, clipNorm, accumulate, decay, freeze, noWeightDecay);
    }

    /** These options with other frozen parameters. */
    public StepOptions withFreeze(List<String> patterns) {
        return new StepOptions(precision, clipNorm, accumulate, emaDecay, patterns, noWeightDecay);
    }

    /** These options with weight decay on all parameters but these. */
    public StepOptions withNoWeightDecay(@Nullable List<String> patterns) {
        return new StepOptions(precision, clipNorm, accumulate, emaDecay, freeze, patterns);
    }

    boolean clips() {
        return clipNorm > 0;
    }

    boolean accumulates() {
        return accumulate > 1;
    }

    boolean averages() {
        return emaDecay > 0;
    }

    boolean scalesLoss() {
        return precision == Precision.FP16;
    }

    /** Share of the current weights in the average after update {@code t}, from 1. */
    double averageShare(long t) {
        return 1 - Math.min(emaDecay, (1.0 + t) / (10.0 + t));
    }
}
