package io.reflux.quantization.ptq;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.BiasRoom;
import io.reflux.quantization.placement.Dequantized;
import io.reflux.quantization.placement.Placement;
import io.reflux.quantization.placement.QuantizedActivation;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.QParams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scales of weights, made larger where the biases of their layers need it ({@link BiasRoom}).
 *
 * @param graph without pairs
 * @param activations qparams of the values that are calibrated
 */
record RoomyScales(ModelGraph graph, GraphLinks links, Placement placement, Map<String, QParams> activations) {

    private static final int BIAS = 2;

    Map<QuantizedWeight, List<QParams>> of(Map<QuantizedWeight, List<QParams>> weights) {
        Map<QuantizedWeight, List<QParams>> roomy = new LinkedHashMap<>();
        weights.forEach((weight, qparams) -> {
            List<QParams> scales = qparams;
            for (GraphNode node : graph.nodes()) {
                scales = weight.layers().contains(node.name()) ? roomy(node, scales) : scales;
            }
            roomy.put(weight, scales);
        });
        return roomy;
    }

    private List<QParams> roomy(GraphNode layer, List<QParams> qparams) {
        GraphTensor bias =
                layer.operator().equals("MatMul") ? null : graph.initializers().get(layer.input(BIAS));
        Optional<Float> inputScale = inputScale(layer.input(0));
        if (bias == null || (qparams.size() > 1 && bias.size() != qparams.size()) || inputScale.isEmpty()) {
            return qparams;
        }
        float[] values = bias.floats();
        List<QParams> roomy = new ArrayList<>(qparams);
        for (int i = 0; i < values.length; i++) {
            // One scale for all has to be large enough for the largest bias.
            int place = qparams.size() == 1 ? 0 : i;
            float least = BiasRoom.leastScale(values[i], inputScale.get(), qparams.get(place));
            if (roomy.get(place).scale() < least) {
                roomy.set(place, roomy.get(place).withScale(least));
            }
        }
        return roomy;
    }

    /** Of what a layer reads; empty where it reads floats. */
    private Optional<Float> inputScale(String value) {
        String made = value;
        while (!placement.activations().containsKey(made)) {
            GraphNode producer = links.producer(made).orElse(null);
            if (producer == null || !Dequantized.isNothingInEvaluation(producer)) {
                return Dequantized.maker(links, made)
                        .flatMap(node -> graph.constant(node.input(1)))
                        .filter(scale -> scale.size() == 1)
                        .map(scale -> scale.floats()[0]);
            }
            made = producer.input(0);
        }
        QuantizedActivation activation = placement.activations().get(made);
        return Optional.of(activations.get(activation.qparamsOf()).scale());
    }
}
