package io.reflux.model.operator;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A slow reference: runs a graph in training mode in double precision, loop by loop after the ONNX text. Knows what the
 * gradient tests need: Conv and pooling in 2-D with equal strides, Gemm with transB = 1, and BatchNormalization.
 *
 * <p>Images are B×C×H×W, row-major.
 */
final class DoubleInterpreter {

    /** A tensor of doubles. */
    record Tensor(int[] shape, double[] values) {
        int size(int axis) {
            return shape[axis];
        }

        double at(int b, int c, int y, int x) {
            boolean inside = y >= 0 && x >= 0 && y < shape[2] && x < shape[3];
            return inside ? values[((b * shape[1] + c) * shape[2] + y) * shape[3] + x] : Double.NaN;
        }
    }

    private final ModelGraph graph;
    /** Initialisers in double precision; a test may move their values. */
    final Map<String, Tensor> weights = new HashMap<>();

    DoubleInterpreter(ModelGraph graph) {
        this.graph = graph;
        for (GraphTensor tensor : graph.initializers().values()) {
            if (tensor.type().isFloatingPoint()) {
                float[] floats = tensor.floats();
                double[] values = new double[floats.length];
                Arrays.setAll(values, i -> floats[i]);
                int[] shape =
                        Arrays.stream(tensor.shape()).mapToInt(d -> (int) d).toArray();
                weights.put(tensor.name(), new Tensor(shape, values));
            }
        }
    }

    /** Mean cross-entropy of the logits against hard labels. */
    double loss(Tensor input, int[] labels) {
        Tensor logits = run(input);
        double sum = 0;
        int classes = logits.size(1);
        for (int b = 0; b < labels.length; b++) {
            double total = 0;
            for (int c = 0; c < classes; c++) {
                total += Math.exp(logits.values[b * classes + c]);
            }
            sum += Math.log(total) - logits.values[b * classes + labels[b]];
        }
        return sum / labels.length;
    }

    Tensor run(Tensor input) {
        Map<String, Tensor> values = new HashMap<>(weights);
        values.put(graph.inputs().get(0).name(), input);
        for (GraphNode node : graph.nodes()) {
            Tensor x = values.get(node.input(0));
            Tensor y = switch (node.operator()) {
                case "Conv" -> conv(node, x, values.get(node.input(1)), values.get(node.input(2)));
                case "MaxPool" -> pool(node, x, true);
                case "AveragePool" -> pool(node, x, false);
                case "GlobalAveragePool" -> globalAverage(x);
                case "BatchNormalization" -> norm(node, x, values);
                case "Gemm" -> gemm(x, values.get(node.input(1)), values.get(node.input(2)));
                case "Relu" ->
                    new Tensor(
                            x.shape,
                            Arrays.stream(x.values).map(v -> Math.max(v, 0)).toArray());
                case "Flatten" -> new Tensor(new int[] {x.size(0), x.values.length / x.size(0)}, x.values);
                case "Add" -> add(x, values.get(node.input(1)));
                case "Mul" -> scale(x, values.get(node.input(1)));
                default -> throw new IllegalArgumentException(node.label());
            };
            values.put(node.output(0), y);
        }
        return values.get(graph.outputs().get(0).name());
    }

    private static Tensor conv(GraphNode node, Tensor x, Tensor w, Tensor bias) {
        int[] pads = ints(node, "pads", 0, 0, 0, 0);
        int stride = ints(node, "strides", 1, 1)[0];
        int group = (int) node.attributes().getInt("group", 1);
        int height = (x.size(2) + pads[0] + pads[2] - w.size(2)) / stride + 1;
        int width = (x.size(3) + pads[1] + pads[3] - w.size(3)) / stride + 1;
        Tensor y = image(x.size(0), w.size(0), height, width);
        int perGroup = w.size(0) / group;
        int at = 0;
        for (int b = 0; b < x.size(0); b++) {
            for (int d = 0; d < w.size(0); d++) {
                for (int i = 0; i < height * width; i++) {
                    double sum = bias.values[d];
                    for (int c = 0; c < w.size(1); c++) {
                        for (int k = 0; k < w.size(2) * w.size(3); k++) {
                            int row = i / width * stride - pads[0] + k / w.size(3);
                            int column = i % width * stride - pads[1] + k % w.size(3);
                            double value = x.at(b, d / perGroup * w.size(1) + c, row, column);
                            sum += Double.isNaN(value) ? 0 : value * w.at(d, c, k / w.size(3), k % w.size(3));
                        }
                    }
                    y.values[at++] = sum;
                }
            }
        }
        return y;
    }

    /** Padding is left out of both the maximum and the mean. */
    private static Tensor pool(GraphNode node, Tensor x, boolean max) {
        int[] kernel = ints(node, "kernel_shape");
        int[] pads = ints(node, "pads", 0, 0, 0, 0);
        int stride = ints(node, "strides", 1, 1)[0];
        int height = (x.size(2) + pads[0] + pads[2] - kernel[0]) / stride + 1;
        int width = (x.size(3) + pads[1] + pads[3] - kernel[1]) / stride + 1;
        Tensor y = image(x.size(0), x.size(1), height, width);
        for (int i = 0; i < y.values.length; i++) {
            int channel = i / (height * width);
            int row = i / width % height * stride - pads[0];
            int column = i % width * stride - pads[1];
            double sum = 0;
            double largest = Double.NEGATIVE_INFINITY;
            int count = 0;
            for (int k = 0; k < kernel[0] * kernel[1]; k++) {
                double value =
                        x.at(channel / x.size(1), channel % x.size(1), row + k / kernel[1], column + k % kernel[1]);
                if (!Double.isNaN(value)) {
                    sum += value;
                    largest = Math.max(largest, value);
                    count++;
                }
            }
            y.values[i] = max ? largest : sum / count;
        }
        return y;
    }

    private static Tensor globalAverage(Tensor x) {
        Tensor y = image(x.size(0), x.size(1), 1, 1);
        int area = x.size(2) * x.size(3);
        for (int i = 0; i < x.values.length; i++) {
            y.values[i / area] += x.values[i] / area;
        }
        return y;
    }

    private static Tensor norm(GraphNode node, Tensor x, Map<String, Tensor> values) {
        double epsilon = node.attributes().getFloat("epsilon", 1e-5f);
        double[] scale = values.get(node.input(1)).values;
        double[] bias = values.get(node.input(2)).values;
        double[] mean = batchMean(x);
        double[] variance = batchVariance(x);
        double[] y = new double[x.values.length];
        int area = area(x);
        for (int i = 0; i < y.length; i++) {
            int c = i / area % x.size(1);
            y[i] = scale[c] * (x.values[i] - mean[c]) / Math.sqrt(variance[c] + epsilon) + bias[c];
        }
        return new Tensor(x.shape, y);
    }

    static double[] batchMean(Tensor x) {
        double[] mean = new double[x.size(1)];
        for (int i = 0; i < x.values.length; i++) {
            mean[i / area(x) % mean.length] += x.values[i] * mean.length / x.values.length;
        }
        return mean;
    }

    /** With the divisor n. */
    static double[] batchVariance(Tensor x) {
        double[] mean = batchMean(x);
        double[] variance = new double[mean.length];
        for (int i = 0; i < x.values.length; i++) {
            int c = i / area(x) % mean.length;
            variance[c] += Math.pow(x.values[i] - mean[c], 2) * mean.length / x.values.length;
        }
        return variance;
    }

    private static Tensor gemm(Tensor x, Tensor w, Tensor bias) {
        int inner = w.size(1);
        double[] y = new double[x.size(0) * w.size(0)];
        for (int i = 0; i < y.length; i++) {
            int row = i / w.size(0);
            int column = i % w.size(0);
            y[i] = bias.values[column];
            for (int k = 0; k < inner; k++) {
                y[i] += x.values[row * inner + k] * w.values[column * inner + k];
            }
        }
        return new Tensor(new int[] {x.size(0), w.size(0)}, y);
    }

    private static Tensor add(Tensor a, Tensor b) {
        double[] y = new double[a.values.length];
        Arrays.setAll(y, i -> a.values[i] + b.values[i]);
        return new Tensor(a.shape, y);
    }

    /** Times one number for each channel, of shape C×1×1. */
    private static Tensor scale(Tensor x, Tensor factor) {
        double[] y = new double[x.values.length];
        Arrays.setAll(y, i -> x.values[i] * factor.values[i / area(x) % x.size(1)]);
        return new Tensor(x.shape, y);
    }

    private static int area(Tensor x) {
        return x.values.length / (x.size(0) * x.size(1));
    }

    private static Tensor image(int b, int c, int h, int w) {
        return new Tensor(new int[] {b, c, h, w}, new double[b * c * h * w]);
    }

    private static int[] ints(GraphNode node, String name, int... defaults) {
        List<Long> values = node.attributes()
                .getInts(name, Arrays.stream(defaults).mapToObj(v -> (long) v).toList());
        return values.stream().mapToInt(Long::intValue).toArray();
    }
}
