package io.reflux.quantization.rounding;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.step.ReconstructionLoss;
import io.reflux.model.step.ReconstructionStep;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.calibration.Recording;
import io.reflux.quantization.placement.QuantizedWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One layer after the other, each so that it keeps what it gives behind its activation. What a layer reads comes from the
 * network as it is quantised so far, what it shall give from the float network (Nagel et al. 2020, sec. 4.1). A layer whose
 * shapes are not known beforehand is rounded to the nearest.
 */
final class LayerRounding {

    /** Values of one recording are not more than 256 MiB. */
    private static final long MAX_VALUES = 1L << 26;

    private final RoundedWeights weights;
    private final GraphContext context;
    private final RoundingConfig.Learned config;
    private final CalibrationRun run;

    LayerRounding(RoundedWeights weights, RoundingConfig.Learned config, CalibrationRun run) {
        this.weights = weights;
        this.context = GraphContext.of(weights.graph());
        this.config = config;
        this.run = run;
    }

    RoundedGraph round(ModelGraph quantized) {
        ModelGraph graph = quantized;
        List<RoundedLayer> rounded = new ArrayList<>();
        List<QuantizedWeight> learned = weights.learned();
        for (int i = 0; i < learned.size(); i++) {
            Optional<LayerPart> part = LayerPart.of(weights.graph(), context, weights.layer(learned.get(i)));
            if (part.isPresent()) {
                SoftRounding rounding = weights.rounding(learned.get(i));
                Learner learner = new Learner(config, List.of(rounding));
                RoundedLayer layer = learn(part.get(), rounding, learner, graph);
                graph = graph.withInitializers(learner.rounded());
                rounded.add(layer);
                run.progress()
                        .accept(String.format(
                                Locale.ROOT,
                                "rounded %s, %d of %d: squared error %.4g, to the nearest %.4g",
                                layer.layer(),
                                i + 1,
                                learned.size(),
                                layer.learnedError(),
                                layer.nearestError()));
            }
        }
        return new RoundedGraph(graph, rounded);
    }

    private RoundedLayer learn(LayerPart part, SoftRounding rounding, Learner learner, ModelGraph quantized) {
        String name = part.layer().name();
        String input = RoundedWeights.named(quantized, name).input(0);
        int rows = (int) Math.min(
                Integer.MAX_VALUE, Math.max(1, MAX_VALUES / Math.max(size(part.inputRow()), size(part.outputRow()))));
        Recording samples = Recording.of(quantized, input, part.inputRow(), rows, run);
        Recording targets = Recording.of(weights.graph(), part.output(), part.outputRow(), rows, run);
        try (ReconstructionStep step = ReconstructionStep.open(
                part.with(weights.graph(), rounding),
                new ReconstructionLoss.SquaredError(part.numChannels()),
                run.device(),
                samples::array,
                targets::array)) {
            return learner.learn(name, step, steps -> {});
        }
    }

    private static long size(long[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
