package io.reflux.quantization.rounding;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.step.ReconstructionLoss;
import io.reflux.model.step.ReconstructionStep;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.calibration.Recording;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.QParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Learned rounding, AdaRound (Nagel et al. 2020, arXiv:2004.10568): each weight goes to the integer below it or to the one
 * above, whichever together keep what a layer gives behind its activation. Layers are done in the graph's order; what a
 * layer reads comes from the network as it is quantised so far, what it shall give from the float network (sec. 4.1).
 *
 * <p>A weight that several layers read, or whose layer's shapes are not known beforehand, is rounded to the nearest. So is a
 * layer whose error learning could not lower.
 */
public final class LearnedRounding {

    private static final int BATCH = 32;

    /**
     * Weight of the pull to 0 and 1, in errors of rounding to the nearest: values of a layer may be of any size. On ResNet-8
     * with 4-bit weights, 0.01 left 2 to 15 % of a layer's weights undecided, 0.1 up to 1.4 %, 1 less than 0.2 %.
     */
    private static final double PULL = 1;

    /** Values of one recording are not more than 256 MiB. */
    private static final long MAX_VALUES = 1L << 26;

    private final ModelGraph floats;
    private final GraphContext context;
    private final GraphLinks links;
    private final RoundingConfig.Learned config;
    private final CalibrationRun run;

    private LearnedRounding(ModelGraph floats, RoundingConfig.Learned config, CalibrationRun run) {
        this.floats = floats;
        this.context = GraphContext.of(floats);
        this.links = GraphLinks.of(floats);
        this.config = config;
        this.run = run.inMemory();
    }

    /**
     * Rounds.
     *
     * @param floats the network in floats
     * @param quantized the same with its pairs, weights as floats behind them
     * @param weights the qparams of each weight
     */
    public static RoundedGraph round(
            ModelGraph floats,
            ModelGraph quantized,
            Map<QuantizedWeight, List<QParams>> weights,
            RoundingConfig.Learned config,
            CalibrationRun run) {
        return new LearnedRounding(floats, config, run).layers(quantized, weights);
    }

    private RoundedGraph layers(ModelGraph quantized, Map<QuantizedWeight, List<QParams>> weights) {
        ModelGraph graph = quantized;
        List<RoundedLayer> rounded = new ArrayList<>();
        int place = 0;
        for (Map.Entry<QuantizedWeight, List<QParams>> weight : weights.entrySet()) {
            place++;
            Optional<LayerPart> part = part(weight.getKey(), weight.getValue());
            if (part.isEmpty()) {
                continue;
            }
            GraphTensor tensor = floats.initializers().get(weight.getKey().tensor());
            SoftRounding rounding = new SoftRounding(tensor, weight.getKey().granularity(), weight.getValue());
            Learner learner = new Learner(part.get(), rounding);
            RoundedLayer layer = learner.learn(graph);
            graph = graph.withInitializers(Map.of(tensor.name(), rounding.rounded(learner.result)));
            rounded.add(layer);
            run.progress()
                    .accept(String.format(
                            Locale.ROOT,
                            "rounded %s, %d of %d: squared error %.4g, to the nearest %.4g",
                            layer.layer(),
                            place,
                            weights.size(),
                            layer.learnedError(),
                            layer.nearestError()));
        }
        return new RoundedGraph(graph, rounded);
    }

    private Optional<LayerPart> part(QuantizedWeight weight, List<QParams> qparams) {
        boolean own = weight.layers().size() == 1
                && links.readOnlyOnce(weight.tensor())
                && qparams.stream().allMatch(one -> one.zeroPoint() == 0);
        if (!own) {
            return Optional.empty();
        }
        GraphNode layer = floats.nodes().stream()
                .filter(node -> node.name().equals(weight.layers().get(0)))
                .findFirst()
                .orElseThrow();
        return LayerPart.of(floats, context, layer);
    }

    /** One layer. */
    private final class Learner {

        private final LayerPart part;
        private final SoftRounding rounding;
        private float[] result;

        Learner(LayerPart part, SoftRounding rounding) {
            this.part = part;
            this.rounding = rounding;
            this.result = rounding.nearest();
        }

        RoundedLayer learn(ModelGraph quantized) {
            String name = part.layer().name();
            String input = quantized.nodes().stream()
                    .filter(node -> node.name().equals(name))
                    .findFirst()
                    .orElseThrow()
                    .input(0);
            int rows = (int) Math.min(
                    Integer.MAX_VALUE,
                    Math.max(1, MAX_VALUES / Math.max(size(part.inputRow()), size(part.outputRow()))));
            Recording samples = Recording.of(quantized, input, part.inputRow(), rows, run);
            Recording targets = Recording.of(floats, part.output(), part.outputRow(), rows, run);
            try (ReconstructionStep step = ReconstructionStep.open(
                    part.with(floats, rounding),
                    new ReconstructionLoss.SquaredError(part.numChannels()),
                    run.device(),
                    samples::array,
                    targets::array)) {
                return learn(name, step);
            }
        }

        private RoundedLayer learn(String name, ReconstructionStep step) {
            float[] nearest = rounding.nearest();
            step.set(Map.of(rounding.parameter(), nearest));
            double nearestError = step.loss();
            step.set(Map.of(rounding.parameter(), rounding.start()));
            Schedule schedule = new Schedule(config.iterations(), PULL * nearestError);
            Random random = new Random(config.seed());
            int numSamples = (int) step.numSamples();
            for (int i = 0; i < config.iterations(); i++) {
                long[] rows = random.longs(BATCH, 0, numSamples).toArray();
                step.run(rows, config.learningRate(), schedule.weight(i), schedule.power(i));
            }
            float[] learned = step.parameters().get(rounding.parameter()).floats();
            float[] decided = SoftRounding.decided(learned);
            step.set(Map.of(rounding.parameter(), decided));
            double learnedError = step.loss();
            double undecided = (double) SoftRounding.undecided(learned) / learned.length;
            if (learnedError >= nearestError) {
                return new RoundedLayer(name, nearestError, nearestError, undecided, 0);
            }
            result = decided;
            int changed = 0;
            for (int i = 0; i < decided.length; i++) {
                changed += decided[i] == nearest[i] ? 0 : 1;
            }
            return new RoundedLayer(name, nearestError, learnedError, undecided, (double) changed / decided.length);
        }
    }

    private static long size(long[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
