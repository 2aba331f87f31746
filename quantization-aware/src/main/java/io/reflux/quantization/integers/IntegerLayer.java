package io.reflux.quantization.integers;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.Dequantized;
import io.reflux.quantization.placement.Layers;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.rewrite.CodeSpread;
import io.reflux.quantization.rewrite.PairedWeight;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A Conv, Gemm or MatMul of integers x and W: Σ x · W + bias in 32-bit integers, times one 32-bit float for each output, and
 * rounded. Floats hold sums below 2²⁴ exactly, in whatever order they are added. Where a layer could exceed that, its
 * inputs are split into a multiple of 16 and the rest; the two sums are exact, and adding them rounds once, as turning the
 * integer into a float does. That holds for biases below 2²⁸ units, and for low sums below 2²⁴: 8,000 inputs in the worst case.
 *
 * @param layer the node
 * @param input what it reads, a DequantizeLinear
 * @param x the pair that ends with it
 * @param weight the integers, in the shape of the weight
 * @param scales of x · W for each output
 * @param bias in units of these scales; empty = none
 */
record IntegerLayer(
        GraphNode layer, GraphNode input, ActivationPair x, GraphTensor weight, float[] scales, long[] bias) {

    private static final int BIAS = 2;
    private static final long EXACT = 1 << 24;
    private static final int LOW = 16;

    /** The layer that a node is, if engines run it in integers when its output is quantised. */
    static Optional<IntegerLayer> of(ModelGraph graph, GraphLinks links, GraphNode node) {
        boolean isLayer = node.operator().equals("Conv")
                || node.operator().equals("Gemm")
                || node.operator().equals("MatMul") && !node.hasInput(BIAS);
        Optional<GraphNode> input = Dequantized.maker(links, node.input(0));
        Optional<PairedWeight> paired = PairedWeight.of(graph, links, node.input(Layers.WEIGHT));
        Optional<ActivationPair> x = input.flatMap(maker -> ActivationPair.of(graph, links, maker));
        if (!isLayer
                || !Layers.isQuantizable(graph, links, node)
                || x.isEmpty()
                || paired.isEmpty()
                || !isSymmetricPerOutput(paired.get(), node)) {
            return Optional.empty();
        }
        GraphNode dequantize = links.producer(node.input(Layers.WEIGHT)).orElseThrow();
        int factor = CodeSpread.factor(graph, links, dequantize);
        int outputs = (int) paired.get().weight().shape()[Layers.outputAxis(node)];
        float[] stored = paired.get().scale().floats();
        float[] scales = new float[outputs];
        for (int i = 0; i < outputs; i++) {
            scales[i] = x.get().qparams().scale() * (stored[stored.length == 1 ? 0 : i] / factor);
        }
        Optional<GraphTensor> bias = graph.constant(node.input(BIAS)).filter(tensor -> tensor.size() == outputs);
        if (node.hasInput(BIAS) && bias.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new IntegerLayer(
                node,
                input.get(),
                x.get(),
                integers(paired.get(), factor),
                scales,
                bias.map(tensor -> inUnits(tensor.floats(), scales)).orElseGet(() -> new long[0])));
    }

    private static boolean isSymmetricPerOutput(PairedWeight weight, GraphNode node) {
        boolean perOutput = weight.granularity() == Granularity.PER_TENSOR
                || weight.granularity().equals(Layers.perOutput(node));
        return perOutput && weight.qparams().stream().allMatch(qparams -> qparams.zeroPoint() == 0);
    }

    private static GraphTensor integers(PairedWeight weight, int factor) {
        int[] codes = weight.quantized().codes();
        float[] values = new float[codes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = codes[i] * factor;
        }
        return GraphTensor.of("", weight.weight().shape(), values);
    }

    private static long[] inUnits(float[] bias, float[] scales) {
        long[] units = new long[bias.length];
        for (int i = 0; i < units.length; i++) {
            units[i] = (long) Math.rint(bias[i] / scales[i]);
        }
        return units;
    }

    /**
     * Writes the layer.
     *
     * @param steps name of x, less its zero point
     * @param y what becomes of the sums
     * @return name of y, less its zero point
     */
    String write(ArithmeticNodes nodes, String steps, QParams y, int least) {
        String w = nodes.constant(weight.shape(), weight.floats());
        String sums;
        if (mostSum() < EXACT) {
            sums = sums(nodes, steps, w, bias);
        } else {
            String sixteens = nodes.node("Floor", nodes.node("Div", steps, nodes.constant((float) LOW)));
            String high = nodes.node("Mul", sixteens, nodes.constant((float) LOW));
            String low = nodes.node("Sub", steps, high);
            long[] rest =
                    LongStream.of(bias).map(units -> Math.floorMod(units, LOW)).toArray();
            long[] multiple = new long[bias.length];
            Arrays.setAll(multiple, i -> bias[i] - rest[i]);
            sums = nodes.node("Add", sums(nodes, high, w, multiple), sums(nodes, low, w, rest));
        }
        float[] multipliers = new float[scales.length];
        for (int i = 0; i < multipliers.length; i++) {
            multipliers[i] = scales[i] / y.scale();
        }
        String scaled = nodes.node("Mul", sums, nodes.constant(outputShape(), multipliers));
        return nodes.rounded(scaled, least, y.quantMax() - y.zeroPoint());
    }

    private String sums(ArithmeticNodes nodes, String steps, String w, long[] added) {
        if (added.length == 0) {
            return nodes.node(layer.operator(), layer.attributes(), steps, w);
        }
        float[] units = new float[added.length];
        for (int i = 0; i < units.length; i++) {
            units[i] = added[i];
        }
        return nodes.node(
                layer.operator(), layer.attributes(), steps, w, nodes.constant(new long[] {units.length}, units));
    }

    /** One number for each output, that fits to what the layer gives. */
    private long[] outputShape() {
        if (!layer.operator().equals("Conv")) {
            return new long[] {scales.length};
        }
        long[] shape = new long[weight.shape().length];
        Arrays.fill(shape, 1);
        shape[1] = scales.length;
        return shape;
    }

    /** What the magnitude of no sum exceeds. */
    private long mostSum() {
        int[] places = Layers.perOutput(layer).places(weight.shape());
        float[] integers = weight.floats();
        long[] sums = new long[scales.length];
        for (int i = 0; i < integers.length; i++) {
            sums[places[i]] += (long) Math.abs(integers[i]) * x.mostSteps();
        }
        for (int i = 0; i < bias.length; i++) {
            sums[i] += Math.abs(bias[i]);
        }
        return Arrays.stream(sums).max().orElse(0);
    }
}
