package io.reflux.student.hint;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.Hint;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What makes of a student's value one of the shape of the teacher's hint: nothing where the shapes are the same, else a
 * linear map of the channels (Romero et al. 2015, arXiv:1412.6550, sec. 2.2), with a bias.
 *
 * <p>Shapes, D channels of the student, E of the teacher: [B, D] to [B, E]; [B, T, D] to [B, T, E]; [B, D, H, W] to
 * [B, E, H, W] by a convolution of 1 x 1. Weights are drawn from U(-b, b), b = sqrt(6 / (D + E)) (Glorot and Bengio 2010).
 */
final class Regressor {
    static final String PREFIX = "reflux.hint.";
    private static final int IMAGE_RANK = 4;

    private final String value;
    private final String output;
    private final int rank;
    private final @Nullable GraphTensor weight;

    private Regressor(String value, String output, int rank, @Nullable GraphTensor weight) {
        this.value = value;
        this.output = output;
        this.rank = rank;
        this.weight = weight;
    }

    /**
     * The regressor of one hint.
     *
     * @param path of the hint in the recipe, for messages
     * @param value name of the student's value
     * @param shape its shape, batch included
     * @param index of the hint
     * @throws TrainingFailure with code MISMATCH when more than the channels differs
     */
    static Regressor of(String path, String value, List<Long> shape, Hint hint, int index, long seed) {
        List<Long> own = shape.isEmpty() ? List.of() : shape.subList(1, shape.size());
        List<Long> other = hint.shape().stream().map(Integer::longValue).toList();
        if (own.equals(other) && !shape.isEmpty()) {
            return new Regressor(value, value, shape.size(), null);
        }
        int rank = shape.size();
        int channel = rank == IMAGE_RANK ? 0 : own.size() - 1;
        boolean fits = rank >= 2
                && rank <= IMAGE_RANK
                && own.size() == other.size()
                && LongStream.range(0, own.size())
                        .allMatch(i -> own.get((int) i) >= 1
                                && (i == channel || own.get((int) i).equals(other.get((int) i))));
        if (!fits) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    path + ": value " + value + " of the student has shape " + own + " for a sample (expected: " + other
                            + " as the teacher's " + hint.name() + ", up to the number of channels)");
        }
        long from = own.get(channel);
        long to = other.get(channel);
        long[] weightShape = rank == IMAGE_RANK ? new long[] {to, from, 1, 1} : new long[] {from, to};
        String name = PREFIX + index;
        return new Regressor(
                value, name, rank, GraphTensor.of(name + ".weight", weightShape, uniform(from, to, seed + index)));
    }

    private static float[] uniform(long from, long to, long seed) {
        double bound = Math.sqrt(6.0 / (from + to));
        Random random = new Random(seed);
        float[] weights = new float[Math.toIntExact(from * to)];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return weights;
    }

    /** Name of the value that is compared with the hint. */
    String output() {
        return output;
    }

    /** Adds nodes and weights, if there are any. */
    void addTo(ModelGraphBuilder builder) {
        if (weight == null) {
            return;
        }
        boolean image = rank == IMAGE_RANK;
        int channels = Math.toIntExact(weight.shape()[image ? 0 : 1]);
        String bias = output + ".bias";
        builder.initializer(weight).initializer(GraphTensor.of(bias, new long[] {channels}, new float[channels]));
        switch (rank) {
            case 2 ->
                builder.node("Gemm", output, List.of(value, weight.name(), bias), List.of(output), Attributes.NONE);
            case 3 -> {
                String product = output + ".product";
                builder.node("MatMul", product, List.of(value, weight.name()), List.of(product));
                builder.node("Add", output, List.of(product, bias), List.of(output));
            }
            default ->
                builder.node("Conv", output, List.of(value, weight.name(), bias), List.of(output), Attributes.NONE);
        }
    }
}
