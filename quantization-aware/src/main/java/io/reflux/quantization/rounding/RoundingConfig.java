package io.reflux.quantization.rounding;

import io.reflux.model.graph.ModelException;

/** How weights become integers. */
public sealed interface RoundingConfig {

    /** To the nearest. */
    RoundingConfig NEAREST = new Nearest();

    /**
     * The way of a name: {@code nearest} or {@code adaround}.
     *
     * @throws ModelException if there is none
     */
    static RoundingConfig of(String name) {
        return switch (name) {
            case "nearest" -> NEAREST;
            case "adaround" -> Learned.DEFAULT;
            default ->
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT, "rounding: " + name + " (expected: nearest or adaround)");
        };
    }

    /** To the nearest. */
    record Nearest() implements RoundingConfig {}

    /**
     * To whichever of the two neighbours keeps what the network computes (AdaRound).
     *
     * @param target what is kept
     * @param iterations steps of a layer, or of the whole network, &ge; 1
     * @param learningRate of Adam, &gt; 0
     * @param seed of the samples that each step takes
     */
    record Learned(RoundingTarget target, int iterations, double learningRate, long seed) implements RoundingConfig {

        /** Layer by layer. */
        public static final Learned DEFAULT = new Learned(RoundingTarget.LAYERS, 1000, 1e-2, 1);

        public Learned {
            require("iterations", iterations, iterations >= 1, ">= 1");
            require("learningRate", learningRate, learningRate > 0 && Double.isFinite(learningRate), "> 0 and finite");
        }

        private static void require(String name, Object value, boolean holds, String expected) {
            if (!holds) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT, name + ": " + value + " (expected: " + expected + ")");
            }
        }
    }
}
