package io.reflux.quantization.plan;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.sensitivity.Divergence;
import io.reflux.quantization.sensitivity.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures what each layer loses and takes with each of some bits, one layer after the other, all others in floats. */
public final class Profiler {

    private final ModelGraph graph;
    private final QuantizationConfig config;
    private final Divergence divergence;
    private final Sensitivity sensitivity;
    private final List<LayerBits> bits;
    private final boolean withActivations;

    /**
     * Of a network.
     *
     * @param graph in floats
     * @param config its target and observer; its bits and kept layers do not count
     * @param divergence of that graph
     * @param sensitivity what is measured
     * @param bits to measure, none of them floats; where all have the same activations, these stay floats while a layer is
     *     measured
     */
    public Profiler(
            ModelGraph graph,
            QuantizationConfig config,
            Divergence divergence,
            Sensitivity sensitivity,
            List<LayerBits> bits) {
        this.graph = graph;
        this.config = config;
        this.divergence = divergence;
        this.sensitivity = sensitivity;
        this.bits = List.copyOf(bits);
        this.withActivations =
                bits.stream().map(LayerBits::activations).distinct().count() > 1;
    }

    /**
     * Measures.
     *
     * @param samples that the sensitivity is measured with, for the record
     * @param known what was measured before, of the same network, in the same way; null = nothing
     */
    public NetworkProfile measure(long samples, @Nullable NetworkProfile known, ProfileListener listener) {
        Quantizer whole = Quantizer.of(graph, config, node -> bits.get(0));
        long folded = whole.folded().byteSize();
        LayerBits widest = bits.get(bits.size() - 1);
        ModelGraph stored = divergence.quantized(node -> widest).stored();
        List<QuantizedWeight> weights = whole.placement().weights();
        List<LayerProfile> layers = new ArrayList<>();
        int done = 0;
        for (QuantizedWeight weight : weights) {
            String name = weight.layers().get(0);
            long elements = whole.folded().initializers().get(weight.tensor()).size();
            long kept = kept(stored, weight, elements);
            List<LayerOption> options = new ArrayList<>();
            for (LayerBits choice : bits) {
                LayerOption before = before(known, name, choice);
                options.add(before == null ? option(weight.layers(), choice, elements, kept, folded) : before);
                done++;
                listener.measured(done, weights.size() * bits.size(), name, options.get(options.size() - 1));
            }
            options.add(new LayerOption(LayerBits.FLOAT, 0, Float.BYTES * elements, null));
            layers.add(new LayerProfile(
                    name, weight.layers().subList(1, weight.layers().size()), elements, options));
        }
        long ofLayers = layers.stream()
                .mapToLong(layer -> layer.option(widest).orElseThrow().bytes())
                .sum();
        return new NetworkProfile(
                NetworkDigest.of(graph),
                graph.digest(),
                config.target().label(),
                sensitivity.metric(),
                samples,
                graph.byteSize(),
                stored.byteSize() - ofLayers,
                null,
                layers);
    }

    private static @Nullable LayerOption before(@Nullable NetworkProfile known, String name, LayerBits bits) {
        return known == null
                ? null
                : known.layers().stream()
                        .filter(layer -> layer.name().equals(name))
                        .findFirst()
                        .flatMap(layer -> layer.option(bits))
                        .orElse(null);
    }

    /** The numbers of a weight that a file has: taps that meet nothing but padding are left out between integers. */
    private static long kept(ModelGraph stored, QuantizedWeight weight, long elements) {
        GraphTensor tensor = stored.initializers().get(weight.tensor());
        return tensor == null || tensor.type().bits() > Byte.SIZE ? elements : tensor.size();
    }

    private LayerOption option(List<String> layers, LayerBits choice, long elements, long kept, long folded) {
        LayerBits alone = withActivations ? choice : new LayerBits(choice.weights(), 0);
        QuantizedGraph quantized = divergence.layers(node -> layers.contains(node.name()) ? alone : LayerBits.FLOAT);
        long whole = Float.BYTES * elements + quantized.stored().byteSize() - folded;
        long bytes = whole - (elements - kept) * choice.weights() / Byte.SIZE;
        return new LayerOption(choice, sensitivity.of(layers, alone, quantized), Math.max(0, bytes), null);
    }
}
