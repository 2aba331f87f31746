package io.reflux.quantization.correction;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.calibration.ChannelMeans;
import io.reflux.quantization.calibration.ChannelMeans.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Bias correction from data (Nagel et al. 2019, arXiv:1906.04721, sec. 4.2 and appendix D). Rounded weights shift what a
 * layer gives, on average; the shift is known for each channel and taken off its bias:
 *
 * <pre>
 * bias ← bias + E[what the float layer gives] − E[what the quantised layer gives]
 * </pre>
 *
 * <p>Expectations are over the samples and all positions, in front of the activation. Layers are done in the graph's order,
 * each with those before it corrected.
 */
public final class BiasCorrection {

    private BiasCorrection() {}

    /** A float graph in which each of these layers, by name, has a bias to correct, 0 where it had none. */
    public static ModelGraph prepare(ModelGraph floats, List<String> layers) {
        return LayerBias.added(floats, layers);
    }

    /**
     * Corrects.
     *
     * @param floats the network in floats
     * @param quantized the same with its pairs
     * @param layers names of the layers whose weights are quantised
     * @return the quantised graph with other biases
     * @throws io.reflux.model.graph.ModelException if there are no samples, or values are not finite
     */
    public static ModelGraph correct(ModelGraph floats, ModelGraph quantized, List<String> layers, CalibrationRun run) {
        List<Correctable> correctable = correctable(floats, layers);
        if (correctable.isEmpty()) {
            return quantized;
        }
        Map<String, double[]> wanted = ChannelMeans.of(
                floats, correctable.stream().map(Correctable::channels).toList(), run);
        ModelGraph graph = quantized;
        for (Correctable layer : correctable) {
            String value = layer.channels().value();
            double[] given =
                    ChannelMeans.of(graph, List.of(layer.channels()), run).get(value);
            GraphTensor bias = graph.initializers().get(layer.bias());
            float[] values = bias.floats();
            for (int c = 0; c < values.length; c++) {
                values[c] = (float) (values[c] + wanted.get(value)[c] - given[c]);
            }
            graph = graph.withInitializers(Map.of(layer.bias(), GraphTensor.of(layer.bias(), bias.shape(), values)));
        }
        run.progress().accept("corrected the biases of " + correctable.size() + " layers");
        return graph;
    }

    /** A layer with a bias of its own, and where its channels lie. */
    private record Correctable(String bias, Channels channels) {}

    private static List<Correctable> correctable(ModelGraph floats, List<String> layers) {
        GraphLinks links = GraphLinks.of(floats);
        Map<String, List<Long>> shapes = GraphContext.of(floats).shapes();
        List<Correctable> correctable = new ArrayList<>();
        for (GraphNode node : floats.nodes()) {
            if (layers.contains(node.name())) {
                channels(floats, node, shapes.get(node.output(0)))
                        .ifPresent(channels -> LayerBias.of(floats, links, node)
                                .ifPresent(bias -> correctable.add(new Correctable(bias, channels))));
            }
        }
        return correctable;
    }

    private static Optional<Channels> channels(ModelGraph graph, GraphNode layer, List<Long> shape) {
        boolean isConvolution = layer.operator().equals("Conv");
        int from = isConvolution ? 1 : shape.size() - 1;
        List<Long> known = shape.subList(from, shape.size());
        if (!graph.initializers().containsKey(layer.input(1)) || known.contains(-1L)) {
            return Optional.empty();
        }
        int inner = Math.toIntExact(known.stream().skip(1).reduce(1L, Math::multiplyExact));
        return Optional.of(new Channels(layer.output(0), Math.toIntExact(known.get(0)), inner));
    }
}
