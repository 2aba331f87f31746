package io.reflux.app.quantize;

import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.latency.LayerTimes;
import io.reflux.quantization.latency.ToggledLayers;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.NetworkProfile;
import io.reflux.quantization.plan.Profiler;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.sensitivity.Divergence;
import io.reflux.quantization.sensitivity.HessianSensitivity;
import io.reflux.quantization.sensitivity.KlSensitivity;
import io.reflux.quantization.sensitivity.Sensitivity;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.plan.PlanFile;
import io.reflux.student.sample.PlainBatches;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Measures the layers of a network one by one.
 *
 * @param metric what a layer's sensitivity is, as the option has it
 * @param err takes progress, a line a measurement
 */
record LayerProfiling(ModelGraph graph, QuantizationConfig config, String metric, PrintWriter err) {

    /** Random vectors for each batch of the Hessian's traces. */
    private static final int PROBES = 4;

    /** What each of the layers loses with each of the bits; progress is told, and what {@code plan} knows is not measured again. */
    NetworkProfile profile(Divergence divergence, List<LayerBits> bits, PlainBatches batches, Path plan) {
        long samples = Math.min(batches.samples(), batches.ids().size());
        NetworkProfile known = known(samples, plan);
        Sensitivity sensitivity = metric.equals(KlSensitivity.METRIC)
                ? new KlSensitivity(divergence)
                : HessianSensitivity.of(graph, config.target(), batches, PROBES, done -> {
                    err.println("curvature: batch " + done);
                    err.flush();
                });
        Profiler profiler = new Profiler(graph, config, divergence, sensitivity, bits);
        return profiler.measure(samples, known, (done, total, layer, option) -> {
            err.printf(
                    Locale.ROOT,
                    "%d/%d %s: %s %.3g%n",
                    done,
                    total,
                    layer,
                    PlanTable.bits(option.bits()),
                    option.sensitivity());
            err.flush();
        });
    }

    /** A profile with the time that each layer takes in integers and in floats, with one sample. */
    NetworkProfile timed(NetworkProfile profile, CalibrationBatch sample) {
        ToggledLayers toggled = new ToggledLayers(graph, config, node -> LayerBits.INT8, sample, ToggledLayers.TIMING);
        return profile.withTimes(LayerTimes.measure(toggled.layers(), toggled));
    }

    /** What a plan that is there already knows, where it was measured in the same way. */
    private @Nullable NetworkProfile known(long samples, Path plan) {
        if (!Files.exists(plan)) {
            return null;
        }
        try {
            NetworkProfile known = PlanFile.read(plan, graph).profile();
            boolean same = known.model().equals(graph.digest())
                    && known.metric().equals(metric)
                    && known.target().equals(config.target().label())
                    && known.samples() == samples;
            err.println(plan + (same ? ": measured already" : ": measured otherwise, is made anew"));
            return same ? known : null;
        } catch (TrainingFailure e) {
            err.println(e.getMessage() + "; is made anew");
            return null;
        }
    }
}
