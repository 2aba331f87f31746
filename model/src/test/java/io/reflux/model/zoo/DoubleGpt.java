package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;

/**
 * A GPT with biases and tied weights written down from the papers, in double precision and without any regard for speed: one
 * position at a time, each looking back at those before it.
 *
 * <p>Shapes: T positions, W width, H heads of D = W / H, V tokens.
 */
final class DoubleGpt {

    private final ModelGraph weights;
    private final int width;
    private final int heads;
    private final int blocks;

    DoubleGpt(ModelGraph weights, int width, int heads, int blocks) {
        this.weights = weights;
        this.width = width;
        this.heads = heads;
        this.blocks = blocks;
    }

    /** T×V logits. */
    double[][] logits(long[] tokens) {
        float[] embedding = floats("tokens.embedding");
        float[] positions = floats("positions.embedding");
        double[][] x = new double[tokens.length][width];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < width; i++) {
                x[t][i] = (double) embedding[(int) tokens[t] * width + i] + positions[t * width + i];
            }
        }
        for (int block = 1; block <= blocks; block++) {
            String name = "block" + block;
            add(x, attention(name + ".attention", norm(name + ".norm1", x)));
            double[][] hidden = linear(name + ".fc1", norm(name + ".norm2", x));
            for (double[] row : hidden) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = row[i] * 0.5 * (1 + erf(row[i] / Math.sqrt(2)));
                }
            }
            add(x, linear(name + ".fc2", hidden));
        }
        x = norm("norm", x);
        double[][] logits = new double[tokens.length][embedding.length / width];
        for (int t = 0; t < tokens.length; t++) {
            for (int v = 0; v < logits[t].length; v++) {
                for (int i = 0; i < width; i++) {
                    logits[t][v] += x[t][i] * embedding[v * width + i];
                }
            }
        }
        return logits;
    }

    private double[][] attention(String name, double[][] x) {
        double[][] queries = linear(name + ".query", x);
        double[][] keys = linear(name + ".key", x);
        double[][] values = linear(name + ".value", x);
        int depth = width / heads;
        double[][] mixed = new double[x.length][width];
        for (int head = 0; head < heads; head++) {
            for (int t = 0; t < x.length; t++) {
                double[] shares = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double product = 0;
                    for (int i = head * depth; i < (head + 1) * depth; i++) {
                        product += queries[t][i] * keys[s][i];
                    }
                    shares[s] = Math.exp(product / Math.sqrt(depth));
                    sum += shares[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = head * depth; i < (head + 1) * depth; i++) {
                        mixed[t][i] += shares[s] / sum * values[s][i];
                    }
                }
            }
        }
        return linear(name + ".out", mixed);
    }

    private double[][] norm(String name, double[][] x) {
        float[] scale = floats(name + ".scale");
        float[] bias = floats(name + ".bias");
        double[][] y = new double[x.length][width];
        for (int t = 0; t < x.length; t++) {
            double mean = 0;
            for (double value : x[t]) {
                mean += value / width;
            }
            double variance = 0;
            for (double value : x[t]) {
                variance += (value - mean) * (value - mean) / width;
            }
            for (int i = 0; i < width; i++) {
                y[t][i] = (x[t][i] - mean) / Math.sqrt(variance + 1e-5) * scale[i] + bias[i];
            }
        }
        return y;
    }

    private double[][] linear(String name, double[][] x) {
        float[] weight = floats(name + ".weight");
        float[] bias = floats(name + ".bias");
        double[][] y = new double[x.length][bias.length];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < bias.length; o++) {
                y[t][o] = bias[o];
                for (int i = 0; i < x[t].length; i++) {
                    y[t][o] += x[t][i] * weight[i * bias.length + o];
                }
            }
        }
        return y;
    }

    private static void add(double[][] x, double[][] branch) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += branch[t][i];
            }
        }
    }

    /** The Maclaurin series (Abramowitz and Stegun 1964, 7.1.5), exact enough for |x| below 3. */
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 60; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    private float[] floats(String name) {
        return weights.initializers().get(name).floats();
    }
}
