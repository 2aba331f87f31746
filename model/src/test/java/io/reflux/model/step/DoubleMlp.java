package io.reflux.model.step;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The slow reference: an MLP with ReLU between layers, its distillation loss, and gradients by central differences,
 * all in double precision. Weights are out×in, as Gemm with transB takes them.
 */
final class DoubleMlp {

    private final int[] widths;
    /** weight0, bias0, weight1, bias1 and so on. */
    final List<double[]> parameters = new ArrayList<>();

    DoubleMlp(long seed, int... widths) {
        this.widths = widths.clone();
        Random random = new Random(seed);
        for (int layer = 0; layer + 1 < widths.length; layer++) {
            parameters.add(gaussian(random, widths[layer] * widths[layer + 1]));
            parameters.add(gaussian(random, widths[layer + 1]));
        }
    }

    /** The same network as an ONNX graph, its values rounded to float. */
    ModelGraph graph() {
        var builder = ModelGraph.builder("mlp").input("input", ElementType.FLOAT, -1, widths[0]);
        String value = "input";
        int layers = widths.length - 1;
        for (int layer = 0; layer < layers; layer++) {
            builder.initializer(GraphTensor.of(
                    "weight" + layer,
                    new long[] {widths[layer + 1], widths[layer]},
                    floats(parameters.get(2 * layer))));
            builder.initializer(GraphTensor.of(
                    "bias" + layer, new long[] {widths[layer + 1]}, floats(parameters.get(2 * layer + 1))));
            String sum = layer == layers - 1 ? "logits" : "sum" + layer;
            builder.node(
                    "Gemm",
                    "gemm" + layer,
                    List.of(value, "weight" + layer, "bias" + layer),
                    List.of(sum),
                    Attributes.NONE.withInt("transB", 1));
            value = sum;
            if (layer < layers - 1) {
                builder.node("Relu", "relu" + layer, List.of(sum), List.of("hidden" + layer));
                value = "hidden" + layer;
            }
        }
        return builder.output("logits", ElementType.FLOAT, -1, widths[widths.length - 1])
                .build();
    }

    /** Rounds every parameter to float, so that reference and script start from the same point. */
    void roundToFloat() {
        parameters.forEach(array -> {
            for (int i = 0; i < array.length; i++) {
                array[i] = (float) array[i];
            }
        });
    }

    double loss(DistillationLoss loss, float[] inputs, float[] teacherLogits, int[] labels) {
        int classes = widths[widths.length - 1];
        double sum = 0;
        for (int row = 0; row < labels.length; row++) {
            double[] logits = logits(inputs, row);
            double[] teacher = new double[classes];
            for (int c = 0; c < classes; c++) {
                teacher[c] = teacherLogits[row * classes + c];
            }
            double temperature = loss.temperature();
            double[] p = logSoftmax(teacher, temperature);
            double[] q = logSoftmax(logits, temperature);
            double divergence = 0;
            for (int c = 0; c < classes; c++) {
                divergence += Math.exp(p[c]) * (p[c] - q[c]);
            }
            sum += loss.softLossWeight() * temperature * temperature * divergence
                    - loss.hardLossWeight() * logSoftmax(logits, 1)[labels[row]];
        }
        return sum / labels.length;
    }

    List<double[]> gradients(DistillationLoss loss, float[] inputs, float[] teacherLogits, int[] labels) {
        double h = 1e-5;
        List<double[]> gradients = new ArrayList<>();
        for (double[] parameter : parameters) {
            double[] gradient = new double[parameter.length];
            for (int i = 0; i < parameter.length; i++) {
                double saved = parameter[i];
                parameter[i] = saved + h;
                double above = loss(loss, inputs, teacherLogits, labels);
                parameter[i] = saved - h;
                double below = loss(loss, inputs, teacherLogits, labels);
                parameter[i] = saved;
                gradient[i] = (above - below) / (2 * h);
            }
            gradients.add(gradient);
        }
        return gradients;
    }

    double[] logits(float[] inputs, int row) {
        double[] values = new double[widths[0]];
        for (int i = 0; i < values.length; i++) {
            values[i] = inputs[row * values.length + i];
        }
        int layers = widths.length - 1;
        for (int layer = 0; layer < layers; layer++) {
            double[] weight = parameters.get(2 * layer);
            double[] next = parameters.get(2 * layer + 1).clone();
            for (int o = 0; o < next.length; o++) {
                for (int i = 0; i < values.length; i++) {
                    next[o] += weight[o * values.length + i] * values[i];
                }
                if (layer < layers - 1) {
                    next[o] = Math.max(0, next[o]);
                }
            }
            values = next;
        }
        return values;
    }

    private static double[] logSoftmax(double[] logits, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            max = Math.max(max, logit / temperature);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit / temperature - max);
        }
        double[] result = new double[logits.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = logits[i] / temperature - max - Math.log(sum);
        }
        return result;
    }

    private static double[] gaussian(Random random, int size) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextGaussian() * 0.5;
        }
        return values;
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }
}
