package io.reflux.model.step;

/** How far what a graph computes is from what it shall compute. */
public sealed interface ReconstructionLoss {

    /**
     * The squared differences, summed over the channels of a position and averaged over positions.
     *
     * @param numChannels channels of a position, &gt; 0
     */
    record SquaredError(int numChannels) implements ReconstructionLoss {

        public SquaredError {
            Ranges.require("numChannels", numChannels, numChannels > 0, "> 0");
        }
    }

    /**
     * T² · KL(softmax(target / T) ‖ softmax(output / T)) over the last axis, averaged over positions (Hinton et al. 2015,
     * arXiv:1503.02531, sec. 2).
     *
     * @param temperature T, finite and &gt; 0
     */
    record Divergence(double temperature) implements ReconstructionLoss {

        public Divergence {
            Ranges.requirePositive("temperature", temperature);
        }
    }
}
