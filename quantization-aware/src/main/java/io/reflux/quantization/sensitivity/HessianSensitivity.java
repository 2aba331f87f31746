package io.reflux.quantization.sensitivity;

import io.reflux.model.curvature.Curvature;
import io.reflux.model.frozen.NormFolding;
import io.reflux.model.frozen.RunningStatistics;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.placement.Layers;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.qparams.QuantizedTensor;
import io.reflux.quantization.target.Target;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a layer's curvature lets fear: Ω = mean trace(H) · ‖Q(W) − W‖², where the trace of the layer's block of the Hessian is
 * divided by the elements of its weight (Dong et al. 2020, HAWQ-V2, arXiv:1911.03852, eq. 8). The traces are made once for all
 * layers and bits; activations do not count.
 */
public final class HessianSensitivity implements Sensitivity {

    /** As plans name it. */
    public static final String METRIC = "hessian";

    private final ModelGraph folded;
    private final Target target;
    private final Map<String, Double> meanTraces;

    private HessianSensitivity(ModelGraph folded, Target target, Map<String, Double> meanTraces) {
        this.folded = folded;
        this.target = target;
        this.meanTraces = meanTraces;
    }

    /** Hears of each batch that is probed. */
    @FunctionalInterface
    public interface ProbeListener {
        /** A batch is probed; {@code done} so far, this one included. */
        void probed(int done);
    }

    /**
     * Estimates the traces.
     *
     * @param target that weights are quantised for
     * @param batches the samples
     * @param probes random vectors for each batch, at least 1
     * @throws ModelException if there are no batches
     */
    public static HessianSensitivity of(
            ModelGraph graph, Target target, Iterable<CalibrationBatch> batches, int probes, ProbeListener listener) {
        ModelGraph folded = NormFolding.fold(RunningStatistics.of(graph));
        Set<String> weights = new LinkedHashSet<>();
        for (GraphNode node : folded.nodes()) {
            Layers.weight(folded, node).ifPresent(weight -> weights.add(weight.name()));
        }
        Map<String, Double> sums = new HashMap<>();
        long samples = 0;
        int done = 0;
        try (Curvature curvature = Curvature.of(folded, weights)) {
            for (CalibrationBatch batch : batches) {
                for (int probe = 0; probe < probes; probe++) {
                    curvature
                            .probe(batch.inputs(), batch.rows(), (long) done * probes + probe)
                            .forEach((name, product) -> sums.merge(name, product * batch.rows(), Double::sum));
                }
                samples += batch.rows();
                done++;
                listener.probed(done);
            }
        }
        if (samples == 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "sensitivity: 0 samples (expected: at least 1)");
        }
        Map<String, Double> means = new HashMap<>();
        for (String name : weights) {
            double trace = sums.get(name) / samples / probes;
            // The Fisher information has no negative trace; an estimate of a small one may have.
            means.put(name, Math.max(0, trace) / folded.initializers().get(name).size());
        }
        return new HessianSensitivity(folded, target, means);
    }

    @Override
    public String metric() {
        return METRIC;
    }

    @Override
    public double of(List<String> layers, LayerBits bits, QuantizedGraph quantized) {
        GraphNode layer = folded.nodes().stream()
                .filter(node -> layers.contains(node.name()))
                .findFirst()
                .orElseThrow();
        GraphTensor weight = Layers.weight(folded, layer).orElseThrow();
        float[] before = weight.floats();
        float[] after = QuantizedTensor.of(weight, Layers.perOutput(layer), target.weights(bits.weights()))
                .values();
        double squares = 0;
        for (int i = 0; i < before.length; i++) {
            double error = (double) after[i] - before[i];
            squares += error * error;
        }
        return meanTraces.get(weight.name()) * squares;
    }
}
