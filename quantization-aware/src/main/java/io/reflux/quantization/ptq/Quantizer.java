package io.reflux.quantization.ptq;

import io.reflux.model.frozen.NormFolding;
import io.reflux.model.frozen.RunningStatistics;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.NewerOperatorSet;
import io.reflux.quantization.calibration.Calibration;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.equalization.Equalization;
import io.reflux.quantization.folding.LiveNorms;
import io.reflux.quantization.folding.PairedNormFolding;
import io.reflux.quantization.observer.Observer;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.placement.Placement;
import io.reflux.quantization.placement.QuantizedActivation;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.placement.WeightGroups;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.QuantizedTensor;
import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import io.reflux.quantization.rewrite.BiasRounding;
import io.reflux.quantization.rewrite.QdqInsertion;
import io.reflux.quantization.rewrite.TableInsertion;
import io.reflux.quantization.target.Target;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Quantises graphs: folds normalisations, finds the places, calibrates, and puts the pairs in. */
public final class Quantizer {

    /** Batches between two lines on how far it is. */
    private static final int BATCHES_OF_A_LINE = 64;

    private final QuantizationConfig config;
    private final ModelGraph folded;
    private final ModelGraph target;
    private final Placement placement;
    /** Nodes whose tables stay floats. */
    private final Set<String> kept;

    private Quantizer(
            QuantizationConfig config, ModelGraph folded, ModelGraph target, Placement placement, Set<String> kept) {
        this.config = config;
        this.folded = folded;
        this.target = target;
        this.placement = placement;
        this.kept = kept;
    }

    /**
     * Prepares a graph. One that is quantised in part is continued: what has its pairs already keeps them. Normalisations in
     * training mode use their running statistics, see {@link RunningStatistics}.
     *
     * @throws ModelException if no layer can be quantised and none is, a pattern matches no layer, or a weight has values
     *     that are not finite, which it names
     */
    public static Quantizer of(ModelGraph graph, QuantizationConfig config) {
        return of(graph, config, LayerChoice.of(graph, config.layers()));
    }

    /** As {@link #of(ModelGraph, QuantizationConfig)}, with bits for each layer in the place of the configuration's. */
    public static Quantizer of(ModelGraph graph, QuantizationConfig config, Function<GraphNode, LayerBits> bits) {
        return of(graph, config, LayerChoice.of(graph, config.layers(), bits));
    }

    private static Quantizer of(ModelGraph graph, QuantizationConfig config, LayerChoice choice) {
        ModelGraph evaluating = RunningStatistics.of(graph);
        ModelGraph normless = NormFolding.fold(PairedNormFolding.fold(evaluating));
        ModelGraph folded = config.refinement().equalize() ? Equalization.equalize(normless) : normless;
        return of(graph, folded, folded, config, choice);
    }

    /**
     * As {@link #of(ModelGraph, QuantizationConfig)}, for a graph that is trained before it is finished: normalisations stay
     * live where they can, see {@link LiveNorms}. Where the configuration refines weights and biases they are folded all the
     * same, since refined ones have the normalisations in them.
     */
    public static Quantizer forTraining(ModelGraph graph, QuantizationConfig config) {
        return forTraining(graph, config, LayerChoice.of(graph, config.layers()));
    }

    /** As {@link #forTraining(ModelGraph, QuantizationConfig)}, with bits for each layer in the place of the configuration's. */
    public static Quantizer forTraining(
            ModelGraph graph, QuantizationConfig config, Function<GraphNode, LayerBits> bits) {
        return forTraining(graph, config, LayerChoice.of(graph, config.layers(), bits));
    }

    private static Quantizer forTraining(ModelGraph graph, QuantizationConfig config, LayerChoice choice) {
        if (!config.refinement().equals(RefinementConfig.NONE)) {
            return of(graph, config, choice);
        }
        ModelGraph evaluating = RunningStatistics.of(graph);
        ModelGraph folded = NormFolding.fold(PairedNormFolding.fold(evaluating));
        ModelGraph live = NormFolding.fold(LiveNorms.prepare(evaluating));
        return of(graph, folded, live, config, choice);
    }

    private static Quantizer of(
            ModelGraph graph, ModelGraph folded, ModelGraph target, QuantizationConfig config, LayerChoice choice) {
        WeightGroups groups = config.layers().groups();
        Placement placement = Placement.of(folded, config.target(), choice.bits(), groups);
        if (placement.isEmpty() && !isQuantized(folded)) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED,
                    graph.source() + ": no layer to quantise (expected: a Conv, Gemm or MatMul with a constant weight"
                            + " that is not kept in floats)");
        }
        placement.weights().forEach(weight -> requireFinite(graph.source(), folded, weight.tensor()));
        return groups.areThere()
                ? new Quantizer(config, raised(folded, groups), raised(target, groups), placement, choice.kept())
                : new Quantizer(config, folded, target, placement, choice.kept());
    }

    /** Groups came with a later operator set than most files are of. */
    private static ModelGraph raised(ModelGraph graph, WeightGroups groups) {
        return NewerOperatorSet.of(graph, WeightGroups.OPSET)
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.UNSUPPORTED,
                        graph.source() + ": groupSize: " + groups.size()
                                + " (expected: 0, since an operator of its set " + graph.opset()
                                + " means something else in set " + WeightGroups.OPSET + ")"));
    }

    private static boolean isQuantized(ModelGraph graph) {
        return graph.nodes().stream().anyMatch(node -> node.operator().equals("DequantizeLinear"));
    }

    private static void requireFinite(String source, ModelGraph graph, String tensor) {
        for (float value : graph.initializers().get(tensor).floats()) {
            if (!Float.isFinite(value)) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        source + ": weight " + tensor + ": " + value + " among its values (expected: finite)");
            }
        }
    }

    /** The graph with its normalisations folded, in floats: what the quantised one shall compute. */
    public ModelGraph folded() {
        return folded;
    }

    /** What is quantised. */
    public Placement placement() {
        return placement;
    }

    /**
     * A calibration of the values that are quantised, which can be saved and resumed; the caller closes it.
     *
     * @param threads threads of one batch, at least 1
     */
    public Calibration calibration(int threads) {
        return Calibration.open(folded, placement.calibrated(), config.observer(), threads);
    }

    /**
     * Calibrates with all batches and quantises; the data are not looked at where only weights are quantised.
     *
     * @throws ModelException if there are no batches, or a value is not finite, which it names
     */
    public QuantizedGraph quantize(Iterable<CalibrationBatch> batches, int threads) {
        return quantize(CalibrationRun.of(batches, threads));
    }

    /** As {@link #quantize(Iterable, int)}, with all that long work wants to know. */
    public QuantizedGraph quantize(CalibrationRun run) {
        if (placement.isEmpty()) {
            return new QuantizedGraph(target, List.of(), List.of("the graph is quantised already"));
        }
        if (placement.calibrated().isEmpty()) {
            return quantize(Map.of(), weights(), run);
        }
        try (Calibration calibration = calibration(run.threads())) {
            for (CalibrationBatch batch : run.batches()) {
                calibration.observe(batch.inputs(), batch.rows());
                if (calibration.batches() % BATCHES_OF_A_LINE == 0) {
                    run.progress().accept("observing: " + calibration.samples() + " samples");
                }
            }
            run.progress().accept("observed " + calibration.samples() + " samples");
            return quantize(activations(calibration.observers()), weights(), run);
        }
    }

    /** Quantises with what a calibration saw; refinements that need samples are left out, and so they are below. */
    public QuantizedGraph quantize(Map<String, Observer> observers) {
        return quantize(activations(observers), weights());
    }

    /** Quantises with given qparams, as {@link QdqInsertion#insert} takes them. */
    public QuantizedGraph quantize(Map<String, QParams> activations, Map<QuantizedWeight, List<QParams>> weights) {
        ModelGraph quantized = BiasRounding.round(
                QdqInsertion.insert(target, placement, activations, roomy(target, activations, weights)));
        return new QuantizedGraph(
                withTables(quantized), placement.layers(), new Notices(folded, placement).of(weights));
    }

    /** Quantises with given qparams, and refines what comes out as the configuration says. */
    private QuantizedGraph quantize(
            Map<String, QParams> activations, Map<QuantizedWeight, List<QParams>> weights, CalibrationRun run) {
        if (!config.refinement().needsSamples()) {
            return quantize(activations, weights);
        }
        ModelGraph refined = new Refinement(config.refinement(), folded, placement)
                .refine(activations, roomy(folded, activations, weights), run);
        return new QuantizedGraph(withTables(refined), placement.layers(), new Notices(folded, placement).of(weights));
    }

    private Map<QuantizedWeight, List<QParams>> roomy(
            ModelGraph graph, Map<String, QParams> activations, Map<QuantizedWeight, List<QParams>> weights) {
        return new RoomyScales(graph, GraphLinks.of(graph), placement, activations).of(weights);
    }

    private ModelGraph withTables(ModelGraph quantized) {
        boolean wanted = config.layers().tables() && config.target() == Target.ONNXRUNTIME_CPU;
        return wanted ? TableInsertion.insert(quantized, kept) : quantized;
    }

    /** The qparams that observers choose for the values. */
    public Map<String, QParams> activations(Map<String, Observer> observers) {
        Map<String, QParams> qparams = new HashMap<>();
        for (String value : placement.calibrated()) {
            QuantizedActivation activation = placement.activations().get(value);
            Scheme scheme = activation.scheme();
            qparams.put(value, within(scheme, observers.get(value).range(scheme), activation));
        }
        return qparams;
    }

    /** A Clip is part of its layer only where no integer lies outside its bounds, not even by rounding. */
    private static QParams within(Scheme scheme, Range range, QuantizedActivation activation) {
        Range bounds = activation.bounds();
        if (bounds == null) {
            return scheme.qparams(range);
        }
        QParams qparams = scheme.qparams(new Range(
                Math.min(Math.max(range.least(), bounds.least()), bounds.most()),
                Math.max(Math.min(range.most(), bounds.most()), bounds.least())));
        while (bounds.most() > 0 && qparams.range().most() > bounds.most()) {
            qparams = qparams.withScale(Math.nextDown(qparams.scale()));
        }
        return qparams;
    }

    /** The qparams that cover each weight. */
    public Map<QuantizedWeight, List<QParams>> weights() {
        Map<QuantizedWeight, List<QParams>> qparams = new LinkedHashMap<>();
        placement
                .weights()
                .forEach(weight -> qparams.put(
                        weight,
                        QuantizedTensor.of(
                                        target.initializers().get(weight.tensor()),
                                        weight.granularity(),
                                        weight.scheme())
                                .qparams()));
        return qparams;
    }
}
