package io.reflux.student.run;

import io.reflux.data.view.Augmentation;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.qat.TrainedScales;
import io.reflux.student.recipe.QuantizeConfig;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import java.io.PrintStream;
import java.util.Locale;

/** A stage that quantises the student. */
final class QuantizeStage {
    private static final int BATCH = 32;

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    private QuantizeStage() {}

    /** Returns the student with its pairs, its weights still floats; says in a line or more what was done. */
    static ModelGraph run(QuantizeConfig config, ModelGraph student, RunData data, PrintStream out) {
        SampleReader reader = SampleReader.of(data.splits().training(), Augmentation.NONE, data.scaling());
        PlainBatches batches = new PlainBatches(reader, data.splits().train(), config.calibrationSamples(), BATCH);
        QuantizedGraph quantized =
                Quantizer.forTraining(student, config.quantization()).quantize(batches, THREADS);
        int activationBits = config.quantization().layers().activationBits();
        out.printf(
                Locale.ROOT,
                "quantized %d layers for %s: weights of %d bits, activations %s, scales %s%n",
                quantized.layers().size(),
                config.quantization().target().label(),
                config.quantization().layers().weightBits(),
                activationBits == 0 ? "in floats" : "of " + activationBits + " bits",
                config.scales());
        quantized.notices().forEach(out::println);
        out.flush();
        ModelGraph graph = quantized.trainable();
        return config.learnsScales() ? TrainedScales.learn(graph) : TrainedScales.fix(graph);
    }
}
