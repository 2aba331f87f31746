package io.reflux.quantization.equalization;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cross-layer equalisation (Nagel et al. 2019, arXiv:1906.04721, sec. 4.1). Between two layers a positive factor for each
 * channel can be moved from one to the other, since Relu and pooling do not mind it. With r₁ the largest magnitude of the
 * weights that make a channel and r₂ that of the weights that read it:
 *
 * <pre>
 * s = √(r₁ · r₂) / r₂      W₁ ← W₁ / s      b₁ ← b₁ / s      W₂ ← W₂ · s
 * </pre>
 *
 * <p>Both ranges are then √(r₁ · r₂). A layer in the middle of two pairs, as a depthwise one is, takes turns until nothing
 * moves. What the graph computes stays, but for rounding in the last bits.
 *
 * <p>A channel that is all but constant, with hardly a weight and a bias, would get an s near 0 and a bias beyond all others,
 * and the activation a range to match. So no bias becomes larger than twice the largest there was.
 */
public final class Equalization {

    private static final int MAX_SWEEPS = 200;

    /** A factor this near 1 does not count as movement. */
    private static final double STILL = 1e-4;

    /** Of the largest bias of a layer, the largest that another may become. */
    private static final double MOST_SHIFT = 2;

    private final Map<String, double[]> values = new LinkedHashMap<>();
    private final Map<String, Double> largestShifts = new LinkedHashMap<>();
    private final ModelGraph graph;
    private final List<LayerPair> pairs;

    private Equalization(ModelGraph graph) {
        this.graph = graph;
        this.pairs = new PairSearch(graph).find();
    }

    /** The graph with its pairs equalised; the same graph where there is none. */
    public static ModelGraph equalize(ModelGraph graph) {
        return new Equalization(graph).equalize();
    }

    private ModelGraph equalize() {
        if (pairs.isEmpty()) {
            return graph;
        }
        for (LayerPair pair : pairs) {
            read(pair.made());
            read(pair.read());
            for (ChannelSlices shift : pair.shifts()) {
                read(shift);
                double largest = Arrays.stream(values.get(shift.tensor()))
                        .map(Math::abs)
                        .max()
                        .orElse(0);
                largestShifts.put(shift.tensor(), MOST_SHIFT * largest);
            }
        }
        double moved = Double.POSITIVE_INFINITY;
        for (int sweep = 0; sweep < MAX_SWEEPS && moved > STILL; sweep++) {
            moved = 0;
            for (LayerPair pair : pairs) {
                moved = Math.max(moved, equalize(pair));
            }
        }
        Map<String, GraphTensor> equalized = new LinkedHashMap<>();
        values.forEach((name, tensor) -> equalized.put(name, floats(name, tensor)));
        return graph.withInitializers(equalized);
    }

    private void read(ChannelSlices slices) {
        float[] floats = graph.initializers().get(slices.tensor()).floats();
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, i -> floats[i]);
        values.put(slices.tensor(), doubles);
    }

    /** Returns how far the factors are from 1 at most, as a logarithm. */
    private double equalize(LayerPair pair) {
        double[] made = pair.made().ranges(values.get(pair.made().tensor()), pair.numChannels());
        double[] read = pair.read().ranges(values.get(pair.read().tensor()), pair.numChannels());
        double[] factors = new double[pair.numChannels()];
        double[] inverses = new double[pair.numChannels()];
        double moved = 0;
        for (int c = 0; c < factors.length; c++) {
            // A channel that is always 0, or that nobody reads, has nothing to gain.
            factors[c] = made[c] > 0 && read[c] > 0 ? Math.max(leastFactor(pair, c), Math.sqrt(made[c] / read[c])) : 1;
            inverses[c] = 1 / factors[c];
            moved = Math.max(moved, Math.abs(Math.log(factors[c])));
        }
        multiply(pair.made(), inverses);
        pair.shifts().forEach(shift -> multiply(shift, inverses));
        multiply(pair.read(), factors);
        return moved;
    }

    /** At most 1. */
    private double leastFactor(LayerPair pair, int channel) {
        double least = 0;
        for (ChannelSlices shift : pair.shifts()) {
            double most = largestShifts.get(shift.tensor());
            // A shift has one element for each channel.
            double now = Math.abs(values.get(shift.tensor())[channel]);
            least = most > 0 ? Math.max(least, now / most) : least;
        }
        return least;
    }

    private void multiply(ChannelSlices slices, double[] factors) {
        slices.multiply(values.get(slices.tensor()), factors);
    }

    private GraphTensor floats(String name, double[] doubles) {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return GraphTensor.of(name, graph.initializers().get(name).shape(), floats);
    }
}
