package io.reflux.quantization.calibration;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.TensorProbe;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The mean of each channel of values inside a graph, over all samples and positions. */
public final class ChannelMeans {

    private final String value;
    private final int inner;
    private final double[] sums;
    private long count;

    private ChannelMeans(Channels channels) {
        this.value = channels.value();
        this.inner = channels.inner();
        this.sums = new double[channels.count()];
    }

    /**
     * Where the channels of a value lie.
     *
     * @param value its name
     * @param count how many channels
     * @param inner elements of a channel that lie side by side: H·W for B×C×H×W, 1 where channels are the last axis
     */
    public record Channels(String value, int count, int inner) {}

    /**
     * Takes the means.
     *
     * @return by value, one for each channel
     * @throws ModelException if there are no samples, or a mean is not finite
     */
    public static Map<String, double[]> of(ModelGraph graph, List<Channels> values, CalibrationRun run) {
        Map<String, ChannelMeans> means = new LinkedHashMap<>();
        values.forEach(channels -> means.put(channels.value(), new ChannelMeans(channels)));
        List<String> names = List.copyOf(means.keySet());
        try (TensorProbe probe = TensorProbe.open(GraphPart.upTo(graph, names), names, run.threads())) {
            for (CalibrationBatch batch : run.batches()) {
                probe.run(
                        batch.inputs(),
                        batch.rows(),
                        (name, floats) -> means.get(name).add(floats));
            }
        }
        Map<String, double[]> result = new LinkedHashMap<>();
        means.forEach((name, mean) -> result.put(name, mean.result()));
        return result;
    }

    private void add(FloatBuffer floats) {
        for (int i = 0; floats.hasRemaining(); i++) {
            sums[i / inner % sums.length] += floats.get();
            count++;
        }
    }

    private double[] result() {
        if (count == 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "calibration: 0 samples (expected: at least 1)");
        }
        double[] means = new double[sums.length];
        for (int c = 0; c < means.length; c++) {
            means[c] = sums[c] * sums.length / count;
            if (!Double.isFinite(means[c])) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        "tensor " + value + ": " + means[c] + " as the mean of channel " + c + " (expected: finite)");
            }
        }
        return means;
    }
}
