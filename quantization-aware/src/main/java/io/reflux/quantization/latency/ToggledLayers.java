package io.reflux.quantization.latency;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.Range;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Times layers by what they do to the whole network: with one of them in floats, conversions at its borders are paid for
 * as they will be, and nothing depends on what an engine calls the nodes that it makes of several.
 *
 * <p>In ONNX Runtime, on one thread. Ranges are made up, since time does not depend on them.
 */
public final class ToggledLayers implements LayerTimer {

    /** How long to measure a layer, where nobody says otherwise. */
    public static final Duration TIMING = Duration.ofMillis(80);

    /** Behind a Relu or not: a zero point of 0, with which engines make it part of the layer. */
    private static final Range RANGE = new Range(0, 1);

    private final ModelGraph graph;
    private final QuantizationConfig config;
    private final Function<GraphNode, LayerBits> bits;
    private final CalibrationBatch samples;
    private final Duration atLeast;
    private final List<String> layers;
    private final ModelGraph integers;

    /**
     * Of a network.
     *
     * @param graph in floats
     * @param bits which layers are in integers; with how many bits does not matter, they run in kernels of 8
     * @param samples that a call is made with
     * @param atLeast how long to measure each layer
     */
    public ToggledLayers(
            ModelGraph graph,
            QuantizationConfig config,
            Function<GraphNode, LayerBits> bits,
            CalibrationBatch samples,
            Duration atLeast) {
        this.graph = graph;
        this.config = config;
        this.bits = bits;
        this.samples = samples;
        this.atLeast = atLeast;
        Quantizer whole = quantizer("");
        this.layers = whole.placement().layers();
        this.integers = quantized(whole);
    }

    /** The layers that are in integers. */
    public List<String> layers() {
        return layers;
    }

    @Override
    public LayerTime time(String layer) {
        try (OnnxRuntimeModel all = OnnxRuntimeModel.open(integers, 1);
                OnnxRuntimeModel but = OnnxRuntimeModel.open(without(layer), 1)) {
            List<Double> medians =
                    Latency.medians(List.of(all, but), samples.inputs(), samples.rows(), atLeast, System::nanoTime);
            return new LayerTime(layer, medians.get(0), medians.get(1));
        }
    }

    private ModelGraph without(String layer) {
        return layers.equals(List.of(layer)) ? graph : quantized(quantizer(layer));
    }

    private Quantizer quantizer(String inFloats) {
        return Quantizer.of(graph, config, node -> {
            LayerBits chosen = bits.apply(node);
            return node.name().equals(inFloats) || chosen.isFloat()
                    ? LayerBits.FLOAT
                    : new LayerBits(8, chosen.activations() == 0 ? 0 : 8);
        });
    }

    private static ModelGraph quantized(Quantizer quantizer) {
        Map<String, QParams> activations = new HashMap<>();
        for (String value : quantizer.placement().calibrated()) {
            activations.put(
                    value,
                    quantizer.placement().activations().get(value).scheme().qparams(RANGE));
        }
        return quantizer.quantize(activations, quantizer.weights()).stored();
    }
}
