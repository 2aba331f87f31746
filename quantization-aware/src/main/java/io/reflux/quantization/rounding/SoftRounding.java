package io.reflux.quantization.rounding;

import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import java.util.List;

/**
 * A weight between the two integers that each of its elements could become (Nagel et al. 2020, arXiv:2004.10568, eq. 21
 * to 23), with v of the weight's shape to be trained:
 *
 * <pre>
 * share = clamp(1.2 · sigmoid(v) − 0.1, 0, 1)
 * weight ≈ scale · clamp(⌊weight / scale⌋ + share, quantMin, quantMax)
 * </pre>
 *
 * <p>It begins at the weight itself. Zero points are 0.
 */
final class SoftRounding {

    /** How far the sigmoid is stretched, so that a share can reach 0 and 1. */
    private static final float STRETCH = 1.2f;

    private static final float SHIFT = -0.1f;

    /** A v whose share is 1 for sure; its negative has share 0. */
    private static final float DECIDED = 8;

    private final GraphTensor weight;
    private final float[] floors;
    private final float[] scales;
    private final QParams bounds;
    private final String parameter;

    /**
     * @param qparams as {@link Granularity#places} counts them; zero points 0, the same bounds
     */
    SoftRounding(GraphTensor weight, Granularity granularity, List<QParams> qparams) {
        this.weight = weight;
        this.bounds = qparams.get(0);
        this.parameter = weight.name() + "/rounding";
        int[] places = granularity.places(weight.shape());
        float[] values = weight.floats();
        this.floors = new float[values.length];
        this.scales = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scales[i] = qparams.get(places[i]).scale();
            floors[i] = (float) Math.floor(values[i] / scales[i]);
        }
    }

    /** Name of v. */
    String parameter() {
        return parameter;
    }

    /** The v's of the weight as it is. */
    float[] start() {
        float[] values = weight.floats();
        float[] v = new float[values.length];
        for (int i = 0; i < v.length; i++) {
            double rest = Math.min(1, Math.max(0, (double) values[i] / scales[i] - floors[i]));
            double sigmoid = (rest - SHIFT) / STRETCH;
            v[i] = (float) Math.log(sigmoid / (1 - sigmoid));
        }
        return v;
    }

    /** The v's of what rounding to the nearest gives. */
    float[] nearest() {
        float[] values = weight.floats();
        float[] v = new float[values.length];
        for (int i = 0; i < v.length; i++) {
            v[i] = Math.rint(values[i] / scales[i]) > floors[i] ? DECIDED : -DECIDED;
        }
        return v;
    }

    /** The v's of what these come to when they are decided. */
    static float[] decided(float[] v) {
        float[] result = new float[v.length];
        for (int i = 0; i < v.length; i++) {
            result[i] = v[i] >= 0 ? DECIDED : -DECIDED;
        }
        return result;
    }

    /** How many shares are further than 0.01 from 0 and 1. */
    static int undecided(float[] v) {
        int count = 0;
        for (float value : v) {
            double share = STRETCH / (1 + Math.exp(-value)) + SHIFT;
            count += share > 0.01 && share < 0.99 ? 1 : 0;
        }
        return count;
    }

    /** The weight that the integers stand for, under its own name; rounding it to the nearest gives the same integers. */
    GraphTensor rounded(float[] v) {
        float[] values = new float[v.length];
        for (int i = 0; i < values.length; i++) {
            float code = floors[i] + (v[i] >= 0 ? 1 : 0);
            values[i] = Math.max(bounds.quantMin(), Math.min(bounds.quantMax(), code)) * scales[i];
        }
        return GraphTensor.of(weight.name(), weight.shape(), values);
    }

    /**
     * Adds the nodes that make the weight.
     *
     * @param result name of the value that they make
     * @return name of the value that is the share
     */
    String addTo(ModelGraphBuilder builder, List<GraphNode> nodes, FreshNames names, String result) {
        Nodes made = new Nodes(builder, nodes, names, weight.name());
        builder.initializer(GraphTensor.of(parameter, weight.shape(), start()));
        String sigmoid = made.add("Sigmoid", parameter);
        String stretched = made.add("Mul", sigmoid, made.number(STRETCH));
        String shifted = made.add("Add", stretched, made.number(SHIFT));
        String share = made.add("Clip", shifted, made.number(0), made.number(1));
        String code = made.add("Add", made.tensor(weight.shape(), floors), share);
        String bounded = made.add("Clip", code, made.number(bounds.quantMin()), made.number(bounds.quantMax()));
        made.addAs(result, "Mul", bounded, made.tensor(weight.shape(), scales));
        return share;
    }
}
