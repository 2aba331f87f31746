package io.reflux.quantization.rounding;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.runtime.ClassifierSignature;
import io.reflux.model.step.ReconstructionLoss;
import io.reflux.model.step.ReconstructionStep;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.calibration.Recording;
import io.reflux.quantization.placement.QuantizedWeight;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * All layers at once, so that the network keeps its logits: those that a teacher gave for the samples, or those of the float
 * network. Activations are quantised while it learns.
 */
final class LogitRounding {

    private static final ReconstructionLoss LOSS = new ReconstructionLoss.Divergence(1);

    private final RoundedWeights weights;
    private final RoundingConfig.Learned config;
    private final CalibrationRun run;

    LogitRounding(RoundedWeights weights, RoundingConfig.Learned config, CalibrationRun run) {
        this.weights = weights;
        this.config = config;
        this.run = run;
    }

    RoundedGraph round(ModelGraph quantized) {
        Map<String, SoftRounding> roundings = new LinkedHashMap<>();
        for (QuantizedWeight weight : weights.learned()) {
            roundings.put(weight.tensor(), weights.rounding(weight));
        }
        if (roundings.isEmpty()) {
            return new RoundedGraph(quantized, List.of());
        }
        ClassifierSignature signature = ClassifierSignature.of(weights.graph());
        SampleArrays samples = SampleArrays.of(signature, run.batches());
        Learner learner = new Learner(config, List.copyOf(roundings.values()));
        RoundedLayer all;
        try (ReconstructionStep step = ReconstructionStep.open(
                trainable(quantized, roundings), LOSS, run.device(), samples::inputs, targets(signature, samples))) {
            all = learner.learn("all layers", step, this::report);
        }
        run.progress()
                .accept(String.format(
                        Locale.ROOT,
                        "rounded %d layers: divergence of the logits %.4g, to the nearest %.4g",
                        roundings.size(),
                        all.learnedError(),
                        all.nearestError()));
        return new RoundedGraph(quantized.withInitializers(learner.rounded()), List.of(all));
    }

    private void report(int steps) {
        int tenth = Math.max(1, config.iterations() / 10);
        if (steps % tenth == 0) {
            run.progress().accept("rounding: step " + steps + " of " + config.iterations());
        }
    }

    private ReconstructionStep.Samples targets(ClassifierSignature signature, SampleArrays samples) {
        if (samples.hasLogits()) {
            return samples::logits;
        }
        long[] shape = signature.logitsShape(1);
        long[] row = new long[shape.length - 1];
        System.arraycopy(shape, 1, row, 0, row.length);
        Recording logits = Recording.of(weights.graph(), signature.outputName(), row, samples.rows(), run);
        return logits::array;
    }

    /** The quantised graph with weights between two integers in the place of their pairs. */
    private static ModelGraph trainable(ModelGraph quantized, Map<String, SoftRounding> roundings) {
        GraphLinks links = GraphLinks.of(quantized);
        FreshNames names = FreshNames.of(quantized);
        ModelGraphBuilder builder = quantized.toBuilder();
        List<GraphNode> nodes = new ArrayList<>();
        List<String> shares = new ArrayList<>();
        Set<String> replaced = new HashSet<>();
        for (GraphNode node : quantized.nodes()) {
            SoftRounding rounding = node.operator().equals("QuantizeLinear") ? roundings.get(node.input(0)) : null;
            if (rounding != null) {
                GraphNode last = node;
                while (!last.operator().equals("DequantizeLinear")) {
                    replaced.add(last.name());
                    last = links.readers(last.output(0)).get(0);
                }
                replaced.add(last.name());
                shares.add(rounding.addTo(builder, nodes, names, last.output(0)));
            }
            if (!replaced.contains(node.name())) {
                nodes.add(node);
            }
        }
        builder.replaceNodes(nodes);
        quantized.outputs().stream().skip(1).map(ValueInfo::name).forEach(builder::removeOutput);
        shares.forEach(share -> builder.outputOfAnyShape(share, ElementType.FLOAT));
        return LayerPart.onlyTrains(
                builder.build(),
                roundings.values().stream().map(SoftRounding::parameter).toList());
    }
}
