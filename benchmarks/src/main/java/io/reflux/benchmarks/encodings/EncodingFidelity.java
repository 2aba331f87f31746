package io.reflux.benchmarks.encodings;

import com.google.protobuf.ByteString;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints what each encoding costs and keeps: {@code EncodingFidelity TEACHER...}.
 *
 * <p>A teacher is a number of classes, of the {@link SyntheticTeacher} at temperature 1, or {@code MODEL:SET:FOLDER:T}: an ONNX
 * file, the test set that it labels and the folder of its files, and the temperature. Its rows are encoded and decoded. Bytes a
 * row; KL(full || decoded), mean over the rows, in nats; and the angle between the gradients that full and decoded labels give a
 * linear student at its start, all weights 0: over the rows, the sum of (softmax(0) - p) f^T, C x D.
 */
public final class EncodingFidelity {

    private EncodingFidelity() {}

    /** Prints the table. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(
                "| teacher | classes | T | encoding | bytes a row | with zstd | KL(full ‖ decoded), nats | gradient angle,"
                        + " degrees |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (String argument : arguments) {
            String[] parts = argument.split(":");
            if (parts.length == 4) {
                print(
                        out,
                        TrainedTeacher.rows(Path.of(parts[0]), parts[1], Path.of(parts[2])),
                        Float.parseFloat(parts[3]));
            } else {
                print(out, SyntheticTeacher.rows(Integer.parseInt(argument)), 1);
            }
        }
    }

    private static void print(PrintStream out, LabelledRows rows, float temperature) {
        float[] full = gradient(rows, rows.logits(), temperature);
        for (Encoding description : encodings(rows.classes(), temperature)) {
            out.println(row(rows, full, temperature, description));
        }
    }

    private static List<Encoding> encodings(int classes, float temperature) {
        List<Encoding> encodings = new ArrayList<>();
        encodings.add(encoding(EncodingKind.ENCODING_KIND_FP32, 0, 0));
        encodings.add(encoding(EncodingKind.ENCODING_KIND_FP16, 0, 0));
        encodings.add(encoding(EncodingKind.ENCODING_KIND_INT8_ROWS, 0, 0));
        for (int k : classes < 50 ? new int[] {3, 5} : new int[] {10, 50}) {
            encodings.add(encoding(EncodingKind.ENCODING_KIND_TOP_K, k, temperature));
        }
        encodings.add(encoding(EncodingKind.ENCODING_KIND_RANDOM_SAMPLING, 50, temperature));
        return encodings;
    }

    private static Encoding encoding(EncodingKind kind, int count, float temperature) {
        return Encoding.newBuilder()
                .setKind(kind)
                .setCount(count)
                .setTemperature(temperature)
                .build();
    }

    private static String row(LabelledRows rows, float[] full, float temperature, Encoding description) {
        SoftLabelEncoding encoding = SoftLabelEncoding.of(description);
        int classes = rows.classes();
        float[] decoded = new float[rows.logits().length];
        ByteString payload = encoding.encode(rows.logits(), 0, rows.rows(), classes, row -> row);
        encoding.decode(payload, rows.rows(), classes, decoded, 0);
        ByteString compressed = SoftLabelEncoding.of(description.toBuilder()
                        .setCompression(Compression.COMPRESSION_ZSTD)
                        .build())
                .encode(rows.logits(), 0, rows.rows(), classes, row -> row);
        // Where classes are absent their probability is 0 and the divergence infinite, whatever the labels are worth.
        String divergence = description.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING
                ? "infinite"
                : String.format(Locale.ROOT, "%.2g", divergence(rows, decoded, temperature));
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %.0f | %s | %,.1f | %,.1f | %s | %.2f |",
                rows.teacher(),
                classes,
                temperature,
                name(description) + drawn(rows, decoded, temperature, description),
                (double) payload.size() / rows.rows(),
                (double) compressed.size() / rows.rows(),
                divergence,
                degrees(full, gradient(rows, decoded, temperature)));
    }

    /** How many classes were drawn of a row, on average; those that were not have a logit of -104 T. */
    private static String drawn(LabelledRows rows, float[] decoded, float temperature, Encoding description) {
        if (description.getKind() != EncodingKind.ENCODING_KIND_RANDOM_SAMPLING) {
            return "";
        }
        int present = 0;
        for (float logit : decoded) {
            present += logit > -50 * temperature ? 1 : 0;
        }
        return String.format(Locale.ROOT, ", %.1f classes", (double) present / rows.rows());
    }

    private static String name(Encoding description) {
        return switch (description.getKind()) {
            case ENCODING_KIND_FP32 -> "fp32";
            case ENCODING_KIND_FP16 -> "fp16";
            case ENCODING_KIND_INT8_ROWS -> "int8";
            case ENCODING_KIND_TOP_K -> "top-k, k = " + description.getCount();
            default -> "random-sampling, " + description.getCount() + " draws";
        };
    }

    /** log softmax(z / T) of row b. */
    private static double[] logProbabilities(float[] logits, int b, int classes, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            max = Math.max(max, logits[b * classes + c]);
        }
        double sum = 0;
        double[] logs = new double[classes];
        for (int c = 0; c < classes; c++) {
            logs[c] = (logits[b * classes + c] - max) / temperature;
            sum += Math.exp(logs[c]);
        }
        double normaliser = Math.log(sum);
        for (int c = 0; c < classes; c++) {
            logs[c] -= normaliser;
        }
        return logs;
    }

    private static double divergence(LabelledRows rows, float[] decoded, double temperature) {
        double sum = 0;
        for (int b = 0; b < rows.rows(); b++) {
            double[] p = logProbabilities(rows.logits(), b, rows.classes(), temperature);
            double[] q = logProbabilities(decoded, b, rows.classes(), temperature);
            for (int c = 0; c < p.length; c++) {
                sum += Math.exp(p[c]) * (p[c] - q[c]);
            }
        }
        // Rounding may make equal distributions differ by less than nothing.
        return Math.max(0, sum / rows.rows());
    }

    private static float[] gradient(LabelledRows rows, float[] logits, double temperature) {
        int width = rows.width();
        float[] gradient = new float[rows.classes() * width];
        for (int b = 0; b < rows.rows(); b++) {
            double[] logs = logProbabilities(logits, b, rows.classes(), temperature);
            for (int c = 0; c < logs.length; c++) {
                float error = (float) (1. / logs.length - Math.exp(logs[c]));
                for (int d = 0; d < width; d++) {
                    gradient[c * width + d] += error * rows.features()[b * width + d];
                }
            }
        }
        return gradient;
    }

    private static double degrees(float[] a, float[] b) {
        double dot = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return Math.toDegrees(Math.acos(Math.min(1, dot / Math.sqrt(squaresA * squaresB))));
    }
}
