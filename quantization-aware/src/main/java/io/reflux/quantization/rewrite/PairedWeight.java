package io.reflux.quantization.rewrite;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.QuantizedTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A constant of floats behind its pair, as {@link QdqInsertion} makes it.
 *
 * @param weight the floats
 * @param scale what the integers are multiplied by, a constant
 * @param granularity which elements share a scale
 * @param qparams how the floats become integers; of signs, not by the scale
 */
public record PairedWeight(GraphTensor weight, GraphTensor scale, Granularity granularity, List<QParams> qparams) {

    /** A scale that trains is taken for its magnitude, and for this at least. */
    private static final float LEAST_SCALE = 0x1p-60f;

    public PairedWeight {
        qparams = List.copyOf(qparams);
    }

    /** The pair that makes a value, if one does, of a constant. */
    public static Optional<PairedWeight> of(ModelGraph graph, GraphLinks links, String value) {
        PairNodes nodes =
                links.producer(value).flatMap(last -> PairNodes.of(links, last)).orElse(null);
        if (nodes == null) {
            return Optional.empty();
        }
        GraphNode quantize = nodes.quantize();
        GraphNode dequantize = nodes.dequantize();
        GraphTensor weight = graph.initializers().get(quantize.input(0));
        GraphTensor step = graph.initializers().get(quantize.input(1));
        GraphTensor scale = graph.initializers().get(dequantize.input(1));
        GraphTensor zeroPoint = graph.initializers().get(dequantize.input(2));
        if (weight == null || step == null || scale == null || zeroPoint == null) {
            return Optional.empty();
        }
        ElementType type = zeroPoint.type();
        long quantMin = nodes.quantMin(graph, type).orElseThrow();
        long quantMax = nodes.quantMax(graph, type).orElseThrow();
        List<QParams> qparams = new ArrayList<>();
        float[] steps = step.floats();
        for (int i = 0; i < scale.size(); i++) {
            int zero = (int) zeroPoint.longs()[i];
            float own = Math.max(Math.abs(steps[steps.length == 1 ? 0 : i]), LEAST_SCALE);
            qparams.add(new QParams(own, zero, (int) quantMin, (int) quantMax));
        }
        return Optional.of(new PairedWeight(weight, scale, granularity(dequantize, weight, scale), qparams));
    }

    /** The integers, with their qparams. */
    public QuantizedTensor quantized() {
        return QuantizedTensor.of(weight, granularity, qparams);
    }

    private static Granularity granularity(GraphNode dequantize, GraphTensor weight, GraphTensor scale) {
        if (scale.size() == 1 && scale.shape().length <= 1) {
            return Granularity.PER_TENSOR;
        }
        int axis = Math.floorMod((int) dequantize.attributes().getInt("axis", 1), weight.shape().length);
        int block = (int) dequantize.attributes().getInt("block_size", 0);
        return block == 0 ? new Granularity.PerAxis(axis) : new Granularity.PerGroup(axis, block);
    }
}
