package io.reflux.quantization.rounding;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.step.ReconstructionStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;

/** Learns some roundings together. What comes out is to the nearest where learning does not lower the error. */
final class Learner {

    private static final int BATCH = 32;

    /**
     * Weight of the pull to 0 and 1, in errors of rounding to the nearest: values of a layer may be of any size. On ResNet-8
     * with 4-bit weights, 0.01 left 2 to 15 % of a layer's weights undecided, 0.1 up to 1.4 %, 1 less than 0.2 %.
     */
    private static final double PULL = 1;

    private final RoundingConfig.Learned config;
    private final List<SoftRounding> roundings;
    private final Map<String, float[]> result = new LinkedHashMap<>();

    Learner(RoundingConfig.Learned config, List<SoftRounding> roundings) {
        this.config = config;
        this.roundings = roundings;
    }

    /**
     * Learns.
     *
     * @param step whose parameters are those of the roundings
     * @param afterStep takes the number of steps made
     */
    RoundedLayer learn(String name, ReconstructionStep step, IntConsumer afterStep) {
        Map<String, float[]> nearest = new LinkedHashMap<>();
        Map<String, float[]> start = new LinkedHashMap<>();
        for (SoftRounding rounding : roundings) {
            nearest.put(rounding.parameter(), rounding.nearest());
            start.put(rounding.parameter(), rounding.start());
        }
        step.set(nearest);
        double nearestError = step.loss();
        step.set(start);
        Schedule schedule = new Schedule(config.iterations(), PULL * nearestError);
        Random random = new Random(config.seed());
        int numSamples = Math.toIntExact(step.numSamples());
        for (int i = 0; i < config.iterations(); i++) {
            long[] rows = random.longs(BATCH, 0, numSamples).toArray();
            step.run(rows, config.learningRate(), schedule.weight(i), schedule.power(i));
            afterStep.accept(i + 1);
        }
        Map<String, float[]> decided = new LinkedHashMap<>();
        long undecided = 0;
        long changed = 0;
        long count = 0;
        for (Map.Entry<String, GraphTensor> learned : step.parameters().entrySet()) {
            float[] v = learned.getValue().floats();
            float[] ends = SoftRounding.decided(v);
            decided.put(learned.getKey(), ends);
            undecided += SoftRounding.undecided(v);
            changed += differing(ends, nearest.get(learned.getKey()));
            count += v.length;
        }
        step.set(decided);
        double learnedError = step.loss();
        boolean better = learnedError < nearestError;
        result.putAll(better ? decided : nearest);
        return new RoundedLayer(
                name,
                nearestError,
                better ? learnedError : nearestError,
                (double) undecided / count,
                better ? (double) changed / count : 0);
    }

    private static int differing(float[] a, float[] b) {
        int count = 0;
        for (int i = 0; i < a.length; i++) {
            count += a[i] == b[i] ? 0 : 1;
        }
        return count;
    }

    /** The weights as they came out, by name. */
    Map<String, GraphTensor> rounded() {
        Map<String, GraphTensor> weights = new LinkedHashMap<>();
        for (SoftRounding rounding : roundings) {
            GraphTensor weight = rounding.rounded(result.get(rounding.parameter()));
            weights.put(weight.name(), weight);
        }
        return weights;
    }
}
