package io.reflux.quantization.rewrite;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.quantization.placement.Layers;
import io.reflux.quantization.placement.Placement;
import io.reflux.quantization.placement.QuantizedActivation;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Puts a QuantizeLinear and a DequantizeLinear behind each value that is quantised, so that all its readers see what
 * integers can say of it. The weights stay floats behind their pairs: the graph can be trained. {@link WeightStorage} turns
 * them into integers.
 *
 * <p>Fewer than 8 bits: the integers are of 8, and a Clip between the pair bounds them.
 */
public final class QdqInsertion {

    private static final float SIGN_SCALE = 0x1p-60f;

    private final ModelGraph graph;
    private final ModelGraphBuilder builder;
    private final FreshNames names;
    private final List<GraphNode> nodes = new ArrayList<>();
    private final Map<String, String> scales = new HashMap<>();
    private final Map<String, String> zeroPoints = new HashMap<>();
    /** What readers read in the place of a value. */
    private final Map<String, String> dequantized = new HashMap<>();
    /** What a layer reads in the place of its weight, by the layer's name. */
    private final Map<String, String> weightsOfLayers = new HashMap<>();

    private final Map<String, String> bounds = new HashMap<>();

    private QdqInsertion(ModelGraph graph) {
        this.graph = graph;
        this.builder = graph.toBuilder();
        this.names = FreshNames.of(graph);
    }

    /**
     * Rewrites a graph.
     *
     * @param activations qparams of each calibrated value of the placement
     * @param weights qparams of each weight of the placement, one for each scale, in its order
     */
    public static ModelGraph insert(
            ModelGraph graph,
            Placement placement,
            Map<String, QParams> activations,
            Map<QuantizedWeight, List<QParams>> weights) {
        return new QdqInsertion(graph).run(placement, activations, weights);
    }

    private ModelGraph run(
            Placement placement, Map<String, QParams> activations, Map<QuantizedWeight, List<QParams>> weights) {
        placement.weights().forEach(weight -> addWeight(weight, weights.get(weight)));
        graph.inputs().forEach(input -> addActivation(placement, activations, input.name()));
        for (GraphNode node : graph.nodes()) {
            nodes.add(rewired(node, placement));
            node.outputs().forEach(output -> addActivation(placement, activations, output));
        }
        return GemmBiases.split(builder.replaceNodes(nodes).build());
    }

    private GraphNode rewired(GraphNode node, Placement placement) {
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.replaceAll(input -> dequantized.getOrDefault(input, input));
        if (weightsOfLayers.containsKey(node.name())) {
            int input = placement.weights().stream()
                    .filter(weight -> weight.layers().contains(node.name()))
                    .findFirst()
                    .orElseThrow()
                    .input();
            inputs.set(input, weightsOfLayers.get(node.name()));
        }
        return new GraphNode(
                node.name(), node.operator(), node.domain(), inputs, node.outputs(), Layers.attributes(graph, node));
    }

    private void addWeight(QuantizedWeight weight, List<QParams> qparams) {
        String tensor = weight.tensor();
        long[] shape = graph.initializers().get(tensor).shape();
        long[] scaleShape = weight.granularity().scales(shape);
        float[] scale = new float[qparams.size()];
        long[] zeroPoint = new long[qparams.size()];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = qparams.get(i).scale();
            zeroPoint[i] = qparams.get(i).zeroPoint();
        }
        String scaleName = names.of(tensor + "_scale");
        String zeroPointName = names.of(tensor + "_zero_point");
        builder.initializer(GraphTensor.of(scaleName, scaleShape, scale));
        builder.initializer(GraphTensor.of(zeroPointName, type(qparams.get(0)), scaleShape, zeroPoint));
        Attributes attributes = attributes(weight.granularity());
        String result = weight.scheme().isBinary()
                ? addSigns(tensor, scaleName, zeroPointName, attributes, qparams.get(0))
                : addPair(tensor, scaleName, zeroPointName, attributes, qparams.get(0));
        weight.layers().forEach(layer -> weightsOfLayers.put(layer, result));
    }

    private static Attributes attributes(Granularity granularity) {
        if (granularity instanceof Granularity.PerAxis perAxis) {
            return Attributes.NONE.withInt("axis", perAxis.axis());
        }
        if (granularity instanceof Granularity.PerGroup perGroup) {
            return Attributes.NONE.withInt("axis", perGroup.axis()).withInt("block_size", perGroup.groupSize());
        }
        return Attributes.NONE;
    }

    private void addActivation(Placement placement, Map<String, QParams> qparams, String value) {
        QuantizedActivation activation = placement.activations().get(value);
        if (activation == null) {
            return;
        }
        String owner = activation.qparamsOf();
        QParams own = qparams.get(owner);
        String scale = scales.computeIfAbsent(owner, name -> {
            GraphTensor tensor = GraphTensor.of(names.of(name + "_scale"), new long[0], new float[] {own.scale()});
            builder.initializer(tensor);
            return tensor.name();
        });
        String zeroPoint = zeroPoints.computeIfAbsent(owner, name -> {
            GraphTensor tensor = GraphTensor.of(
                    names.of(name + "_zero_point"), type(own), new long[0], new long[] {own.zeroPoint()});
            builder.initializer(tensor);
            return tensor.name();
        });
        dequantized.put(value, addPair(value, scale, zeroPoint, Attributes.NONE, own));
    }

    /** Returns the name of the dequantised value. */
    private String addPair(String value, String scale, String zeroPoint, Attributes attributes, QParams qparams) {
        String integers = names.of(value + "_quantized");
        String result = names.of(value + "_dequantized");
        node("QuantizeLinear", value, List.of(value, scale, zeroPoint), integers, attributes);
        if (isBounded(qparams)) {
            String bounded = names.of(value + "_bounded");
            node(
                    "Clip",
                    value,
                    List.of(
                            integers,
                            bound(type(qparams), qparams.quantMin()),
                            bound(type(qparams), qparams.quantMax())),
                    bounded,
                    Attributes.NONE);
            integers = bounded;
        }
        node("DequantizeLinear", value, List.of(integers, scale, zeroPoint), result, attributes);
        return result;
    }

    /** By so small a scale all but 0 is clamped, which leaves the signs. */
    private String addSigns(String value, String scale, String zeroPoint, Attributes attributes, QParams qparams) {
        String least = signScale();
        String integers = names.of(value + "_quantized");
        String bounded = names.of(value + "_bounded");
        String result = names.of(value + "_dequantized");
        node("QuantizeLinear", value, List.of(value, least, bound(ElementType.INT8, 0)), integers, Attributes.NONE);
        List<String> bounds = List.of(
                integers, bound(ElementType.INT8, qparams.quantMin()), bound(ElementType.INT8, qparams.quantMax()));
        node("Clip", value, bounds, bounded, Attributes.NONE);
        node("DequantizeLinear", value, List.of(bounded, scale, zeroPoint), result, attributes);
        return result;
    }

    private String signScale() {
        return bounds.computeIfAbsent("sign", key -> {
            String name = names.of("sign_scale");
            builder.initializer(GraphTensor.of(name, new long[0], new float[] {SIGN_SCALE}));
            return name;
        });
    }

    private void node(String operator, String value, List<String> inputs, String output, Attributes attributes) {
        nodes.add(new GraphNode(names.of(value + "/" + operator), operator, "", inputs, List.of(output), attributes));
    }

    /** An integer as a constant, one for the whole graph. */
    private String bound(ElementType type, int value) {
        return bounds.computeIfAbsent(type + " " + value, key -> {
            String name = names.of("bound_" + type.name().toLowerCase(Locale.ROOT) + "_" + value);
            builder.initializer(GraphTensor.of(name, type, new long[0], new long[] {value}));
            return name;
        });
    }

    /** The type whose 8 bits hold the integers. */
    static ElementType type(QParams qparams) {
        return qparams.quantMin() < 0 ? ElementType.INT8 : ElementType.UINT8;
    }

    private static boolean isBounded(QParams qparams) {
        return qparams.quantMax() != (type(qparams) == ElementType.INT8 ? Byte.MAX_VALUE : 255);
    }
}
