package io.reflux.quantization.ptq;

import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.correction.BiasCorrection;
import io.reflux.quantization.placement.Placement;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.rewrite.BiasRounding;
import io.reflux.quantization.rewrite.QdqInsertion;
import io.reflux.quantization.rounding.LearnedRounding;
import io.reflux.quantization.rounding.RoundingConfig;
import java.util.List;
import java.util.Map;

/**
 * What is done with samples once ranges are known: weights are rounded, then biases take back what that shifted, then they
 * are rounded themselves.
 *
 * @param floats with its normalisations folded
 */
record Refinement(RefinementConfig config, ModelGraph floats, Placement placement) {

    ModelGraph refine(
            Map<String, QParams> activations, Map<QuantizedWeight, List<QParams>> weights, CalibrationRun run) {
        CalibrationRun held = run.inMemory();
        ModelGraph wanted = config.biasCorrection() ? BiasCorrection.prepare(floats, placement.layers()) : floats;
        ModelGraph quantized = QdqInsertion.insert(wanted, placement, activations, weights);
        if (config.rounding() instanceof RoundingConfig.Learned learned) {
            quantized = LearnedRounding.round(wanted, quantized, weights, learned, held)
                    .graph();
        }
        if (config.biasCorrection()) {
            quantized = BiasCorrection.correct(wanted, quantized, placement.layers(), held);
        }
        return BiasRounding.round(quantized);
    }
}
