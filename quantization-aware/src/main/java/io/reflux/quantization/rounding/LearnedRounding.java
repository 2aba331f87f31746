package io.reflux.quantization.rounding;

import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.QParams;
import java.util.List;
import java.util.Map;

/**
 * Learned rounding, AdaRound (Nagel et al. 2020, arXiv:2004.10568): each weight goes to the integer below it or to the one
 * above, whichever together keep what the network computes. A weight that several layers read is rounded to the nearest.
 */
public final class LearnedRounding {

    private LearnedRounding() {}

    /**
     * Rounds.
     *
     * @param floats the network in floats
     * @param quantized the same with its pairs, weights as floats behind them
     * @param weights the qparams of each weight
     * @throws io.reflux.model.graph.ModelException if there are no samples, or values are not finite
     */
    public static RoundedGraph round(
            ModelGraph floats,
            ModelGraph quantized,
            Map<QuantizedWeight, List<QParams>> weights,
            RoundingConfig.Learned config,
            CalibrationRun run) {
        RoundedWeights rounded = new RoundedWeights(floats, weights);
        return config.target() == RoundingTarget.LOGITS
                ? new LogitRounding(rounded, config, run).round(quantized)
                : new LayerRounding(rounded, config, run).round(quantized);
    }
}
