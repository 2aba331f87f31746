package io.reflux.quantization.sensitivity;

import io.reflux.model.frozen.RunningStatistics;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.quantization.calibration.Calibration;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.observer.Observer;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.ptq.Quantizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How far the answers of a quantised network are from those of the network in floats: the mean over samples, and over their
 * positions, of KL(softmax(logits in floats) ‖ softmax(quantised logits)), in nats, &ge; 0. It needs no labels. Both are
 * evaluated in ONNX Runtime.
 *
 * <p>Not thread-safe. Keeps the batches and the logits in floats, and what calibration has seen of each value so far.
 */
public final class Divergence {

    private final ModelGraph graph;
    private final QuantizationConfig config;
    private final List<CalibrationBatch> batches = new ArrayList<>();
    private final List<float[]> logits = new ArrayList<>();
    private final int classes;
    private final int threads;
    private final Map<String, Observer> observers = new HashMap<>();

    private Divergence(ModelGraph graph, QuantizationConfig config, Iterable<CalibrationBatch> batches, int threads) {
        // As quantised ones evaluate.
        this.graph = RunningStatistics.of(graph);
        this.config = config;
        this.threads = threads;
        try (OnnxRuntimeModel floats = OnnxRuntimeModel.open(this.graph, threads)) {
            this.classes = floats.numClasses();
            for (CalibrationBatch batch : batches) {
                this.batches.add(batch);
                this.logits.add(floats.logits(batch.inputs(), batch.rows()));
            }
        }
        if (logits.isEmpty()) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "sensitivity: 0 samples (expected: at least 1)");
        }
    }

    /**
     * Evaluates a network in floats.
     *
     * @param config how it is quantised; the bits are given with each question
     * @param batches the samples, which calibrate as well
     * @param threads threads of one evaluation, at least 1
     * @throws ModelException if there are no samples, or the network is no classifier
     */
    public static Divergence of(
            ModelGraph graph, QuantizationConfig config, Iterable<CalibrationBatch> batches, int threads) {
        return new Divergence(graph, config, batches, threads);
    }

    /** The network with these bits, calibrated with the samples. */
    public QuantizedGraph quantized(Function<GraphNode, LayerBits> bits) {
        return quantized(Quantizer.of(graph, config, bits));
    }

    /** As {@link #quantized}, with tables in floats: what these lose and save belongs to no layer. */
    public QuantizedGraph layers(Function<GraphNode, LayerBits> bits) {
        return quantized(Quantizer.of(graph, config.withTables(false), bits));
    }

    private QuantizedGraph quantized(Quantizer quantizer) {
        List<String> unseen = quantizer.placement().calibrated().stream()
                .filter(value -> !observers.containsKey(value))
                .toList();
        if (!unseen.isEmpty()) {
            try (Calibration calibration = Calibration.open(quantizer.folded(), unseen, config.observer(), threads)) {
                batches.forEach(batch -> calibration.observe(batch.inputs(), batch.rows()));
                observers.putAll(calibration.observers());
            }
        }
        return quantizer.quantize(observers);
    }

    /**
     * The divergence of a network with the same inputs and outputs.
     *
     * @throws ModelException if it gives logits that are not finite
     */
    public double of(ModelGraph other) {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(other, threads)) {
            return of(model);
        }
    }

    private double of(InferenceModel model) {
        double sum = 0;
        long positions = 0;
        for (int b = 0; b < batches.size(); b++) {
            CalibrationBatch batch = batches.get(b);
            float[] floats = logits.get(b);
            float[] others = model.logits(batch.inputs(), batch.rows());
            for (int from = 0; from < floats.length; from += classes) {
                sum += forwardKl(floats, others, from, classes);
                positions++;
            }
        }
        double mean = sum / positions;
        if (!Double.isFinite(mean)) {
            throw new ModelException(ModelException.Code.ENGINE, "logits: not finite (expected: finite)");
        }
        // Rounding may leave a little less than nothing.
        return Math.max(0, mean);
    }

    /** KL(softmax(a) ‖ softmax(b)) of the classes from one on. */
    static double forwardKl(float[] a, float[] b, int from, int classes) {
        double normA = logSumExp(a, from, classes);
        double normB = logSumExp(b, from, classes);
        double sum = 0;
        for (int c = from; c < from + classes; c++) {
            double logA = a[c] - normA;
            sum += Math.exp(logA) * (logA - (b[c] - normB));
        }
        return sum;
    }

    private static double logSumExp(float[] logits, int from, int classes) {
        double most = Double.NEGATIVE_INFINITY;
        for (int c = from; c < from + classes; c++) {
            most = Math.max(most, logits[c]);
        }
        double sum = 0;
        for (int c = from; c < from + classes; c++) {
            sum += Math.exp(logits[c] - most);
        }
        return most + Math.log(sum);
    }
}
