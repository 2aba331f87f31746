package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where along one axis a resized tensor reads its input: for each output place the same number of input places and how
 * much each weighs.
 *
 * @param inputs size of the axis before
 * @param outputs size of the axis behind
 * @param scale outputs / inputs, or what the file says instead
 * @param places input places for each tap, then for each output place
 * @param weights as places; they sum to 1 over the taps
 */
record Sampling(int axis, int inputs, int outputs, float scale, List<List<Long>> places, List<List<Float>> weights) {

    static final Set<String> COORDINATES =
            Set.of("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric");

    static final Set<String> NEAREST = Set.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil");

    static Sampling of(GraphNode node, int axis, long inputs, long outputs, float scale) {
        String mode = node.attributes().getString("mode", "nearest");
        int taps = mode.equals("nearest") ? 1 : mode.equals("linear") ? 2 : 4;
        List<List<Long>> places = new ArrayList<>();
        List<List<Float>> weights = new ArrayList<>();
        for (int tap = 0; tap < taps; tap++) {
            places.add(new ArrayList<>());
            weights.add(new ArrayList<>());
        }
        for (int i = 0; i < outputs; i++) {
            float at = place(coordinates(node), i, inputs, outputs, scale);
            float[] tapWeights = taps == 1 ? new float[] {1} : taps == 2 ? linear(at, inputs) : cubic(node, at, inputs);
            long first = taps == 1
                    ? rounded(nearest(node), at)
                    : taps == 2 ? (long) Math.floor(clamped(at, inputs)) : (long) Math.floor(at) - 1;
            for (int tap = 0; tap < taps; tap++) {
                places.get(tap).add(Math.max(0, Math.min(inputs - 1, first + tap)));
                weights.get(tap).add(tapWeights[tap]);
            }
        }
        return new Sampling(axis, (int) inputs, (int) outputs, scale, places, weights);
    }

    static String coordinates(GraphNode node) {
        return node.attributes().getString("coordinate_transformation_mode", "half_pixel");
    }

    static String nearest(GraphNode node) {
        return node.attributes().getString("nearest_mode", "round_prefer_floor");
    }

    /** Whether the scale is just the ratio of the sizes, as libtorch's own functions take it to be. */
    boolean isExact() {
        return scale == outputs / (float) inputs;
    }

    /** A script expression: the value of variable {@code x} after resizing along this axis. */
    String script(String x, int rank, ScriptEmitter out) {
        List<String> parts = new ArrayList<>();
        for (int tap = 0; tap < places.size(); tap++) {
            String part = "torch.index_select(" + x + ", " + axis + ", torch.tensor(" + ScriptText.ints(places.get(tap))
                    + ", dtype=4, device=" + out.device() + "))";
            parts.add(places.size() == 1 ? part : "torch.mul(" + part + ", " + weight(tap, rank, out) + ")");
        }
        return parts.stream()
                .reduce((a, b) -> "torch.add(" + a + ", " + b + ")")
                .orElseThrow();
    }

    private String weight(int tap, int rank, ScriptEmitter out) {
        List<Long> view = new ArrayList<>(Collections.nCopies(rank, 1L));
        view.set(axis, -1L);
        String numbers = weights.get(tap).stream().map(ScriptText::number).collect(Collectors.joining(", ", "[", "]"));
        return "torch.reshape(torch.tensor(" + numbers + ", dtype=6, device=" + out.device() + "), "
                + ScriptText.ints(view) + ")";
    }

    /** In 32 bits, as ONNX Runtime reckons, so that ties are broken alike. */
    private static float place(String coordinates, int i, long inputs, long outputs, float scale) {
        return switch (coordinates) {
            case "asymmetric" -> i / scale;
            case "align_corners" -> outputs == 1 ? 0 : i * (float) (inputs - 1) / (outputs - 1);
            case "pytorch_half_pixel" -> outputs > 1 ? (i + 0.5f) / scale - 0.5f : 0;
            case "half_pixel_symmetric" -> {
                float adjustment = outputs / (scale * inputs);
                float center = inputs / 2f;
                yield center * (1 - adjustment) + (i + 0.5f) / scale - 0.5f;
            }
            default -> (i + 0.5f) / scale - 0.5f;
        };
    }

    private static long rounded(String nearest, float at) {
        return switch (nearest) {
            case "floor" -> (long) Math.floor(at);
            case "ceil" -> (long) Math.ceil(at);
            case "round_prefer_ceil" -> (long) Math.floor(at + 0.5f);
            default -> (long) Math.ceil(at - 0.5f);
        };
    }

    private static float clamped(float at, long inputs) {
        return Math.max(0, Math.min(at, inputs - 1));
    }

    private static float[] linear(float at, long inputs) {
        float inside = clamped(at, inputs);
        float second = inside - (float) Math.floor(inside);
        return new float[] {1 - second, second};
    }

    /** Keys' cubic convolution with the parameter a (Keys 1981); places outside may be left out. */
    private static float[] cubic(GraphNode node, float at, long inputs) {
        float a = node.attributes().getFloat("cubic_coeff_a", -0.75f);
        boolean inside = node.attributes().getInt("exclude_outside", 0) != 0;
        float[] weights = new float[4];
        float sum = 0;
        long first = (long) Math.floor(at) - 1;
        for (int tap = 0; tap < weights.length; tap++) {
            float d = Math.abs(at - (first + tap));
            boolean counts = !inside || (first + tap >= 0 && first + tap < inputs);
            float near = ((a + 2) * d - (a + 3)) * d * d + 1;
            float far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
            weights[tap] = counts ? (d <= 1 ? near : far) : 0;
            sum += weights[tap];
        }
        for (int tap = 0; tap < weights.length; tap++) {
            weights[tap] /= inside ? sum : 1;
        }
        return weights;
    }
}
