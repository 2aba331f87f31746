package io.reflux.benchmarks.step;

import ai.djl.engine.Engine;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.precision.Precision;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.qat.TrainedScales;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a training step costs quantised, over a step in floats: Reflux with fixed and with learned scales, PyTorch's own QAT
 * beside it, all in turns. Run by {@code benchmarks/quantization/steps}; the options are those of {@link TrainingStep}. Markdown goes to
 * standard output.
 */
public final class QuantizedStep {

    private static final String FIXED = "Reflux, fixed scales";
    private static final String LEARNED = "Reflux, learned scales";

    private QuantizedStep() {}

    /** Runs what the command line asks for. */
    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.of(arguments);
        Engine.getEngine("PyTorch");
        System.out.println(
                "| network | precision | batch | Reflux, floats | fixed scales | learned scales | fixed / floats | learned / floats "
                        + "| PyTorch, floats | its QAT | QAT / floats |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        for (Workload.Network network : settings.networks()) {
            for (Precision precision : settings.precisions()) {
                for (int batch : settings.batches()) {
                    compare(settings, new Workload(network, batch, precision));
                }
            }
        }
    }

    private static void compare(Settings settings, Workload workload) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        List<PeerProcess> peers = new ArrayList<>();
        try {
            ModelGraph quantized = quantized(workload);
            RefluxStep floats = new RefluxStep(workload);
            contenders.add(floats);
            contenders.add(new RefluxStep(FIXED, workload, TrainedScales.fix(quantized)));
            contenders.add(new RefluxStep(LEARNED, workload, TrainedScales.learn(quantized)));
            if (settings.python() != null) {
                for (String mode : List.of("eager", "qat")) {
                    PeerProcess peer = new PeerProcess(settings.python(), settings.peer());
                    peers.add(peer);
                    contenders.add(new PeerStep(peer, workload, mode, floats.parameters()));
                }
            }
            print(workload, settings.turns().take(contenders));
        } finally {
            contenders.forEach(Contender::close);
            for (PeerProcess peer : peers) {
                peer.close();
            }
        }
    }

    private static ModelGraph quantized(Workload workload) {
        CalibrationBatch batch = new CalibrationBatch(workload.inputs(), workload.batch());
        return Quantizer.forTraining(workload.network().graph(), QuantizationConfig.INT8)
                .quantize(List.of(batch), 1)
                .trainable();
    }

    private static void print(Workload workload, Map<String, List<Double>> times) {
        double floats = median(times, "Reflux");
        double fixed = median(times, FIXED);
        double learned = median(times, LEARNED);
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %d | %.1f | %.1f | %.1f | %.2f | %.2f ",
                workload.network().key(),
                PeerProcess.precision(workload.precision()),
                workload.batch(),
                floats,
                fixed,
                learned,
                fixed / floats,
                learned / floats);
        if (times.containsKey("PyTorch qat")) {
            double eager = median(times, "PyTorch eager");
            double qat = median(times, "PyTorch qat");
            System.out.printf(Locale.ROOT, "| %.1f | %.1f | %.2f |%n", eager, qat, qat / eager);
        } else {
            System.out.println("| - | - | - |");
        }
    }

    private static double median(Map<String, List<Double>> times, String name) {
        return Turns.median(times.get(name));
    }
}
