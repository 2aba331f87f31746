package io.reflux.benchmarks.encodings;

import com.google.protobuf.ByteString;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints what each encoding costs and keeps: {@code EncodingFidelity [CLASSES ...]}, 10, 1,000 and 50,000 unless given.
 *
 * <p>A batch of the {@link SyntheticTeacher} is encoded and decoded at temperature 1. Bytes a sample; KL(full || decoded), mean
 * over the batch, in nats; and the angle between the gradients that full and decoded labels give a linear student at its start,
 * all weights 0: over the batch, the sum of (softmax(0) - p) f^T, C x D.
 */
public final class EncodingFidelity {

    private static final int SAMPLES = 256;
    private static final long SEED = 1;

    private EncodingFidelity() {}

    /** Prints the table. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int[] classes = arguments.length == 0
                ? new int[] {10, 1_000, 50_000}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        out.println(
                "| classes | encoding | bytes a sample | with zstd | KL(full ‖ decoded), nats | gradient angle, degrees |");
        out.println("|---|---|---|---|---|---|");
        for (int count : classes) {
            SyntheticTeacher teacher = new SyntheticTeacher(SAMPLES, count, SEED);
            float[] full = gradient(teacher.logits, teacher.features, count);
            for (Encoding description : encodings(count)) {
                out.println(row(teacher, full, count, description));
            }
        }
    }

    private static List<Encoding> encodings(int classes) {
        List<Encoding> encodings = new ArrayList<>();
        encodings.add(encoding(EncodingKind.ENCODING_KIND_FP32, 0));
        encodings.add(encoding(EncodingKind.ENCODING_KIND_FP16, 0));
        encodings.add(encoding(EncodingKind.ENCODING_KIND_INT8_ROWS, 0));
        for (int k : classes < 100 ? new int[] {3, 5} : new int[] {10, 50}) {
            encodings.add(encoding(EncodingKind.ENCODING_KIND_TOP_K, k));
        }
        encodings.add(encoding(EncodingKind.ENCODING_KIND_RANDOM_SAMPLING, 50));
        return encodings;
    }

    private static Encoding encoding(EncodingKind kind, int count) {
        return Encoding.newBuilder()
                .setKind(kind)
                .setCount(count)
                .setTemperature(count == 0 ? 0 : 1)
                .build();
    }

    private static String row(SyntheticTeacher teacher, float[] full, int classes, Encoding description) {
        SoftLabelEncoding encoding = SoftLabelEncoding.of(description);
        float[] decoded = new float[teacher.logits.length];
        ByteString payload = encoding.encode(teacher.logits, 0, SAMPLES, classes, row -> row);
        encoding.decode(payload, SAMPLES, classes, decoded, 0);
        ByteString compressed = SoftLabelEncoding.of(description.toBuilder()
                        .setCompression(Compression.COMPRESSION_ZSTD)
                        .build())
                .encode(teacher.logits, 0, SAMPLES, classes, row -> row);
        // Where classes are absent their probability is 0 and the divergence infinite, whatever the labels are worth.
        String divergence = description.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING
                ? "infinite"
                : String.format(Locale.ROOT, "%.2g", divergence(teacher.logits, decoded, classes));
        return String.format(
                Locale.ROOT,
                "| %,d | %s | %,.1f | %,.1f | %s | %.2f |",
                classes,
                name(description),
                (double) payload.size() / SAMPLES,
                (double) compressed.size() / SAMPLES,
                divergence,
                degrees(full, gradient(decoded, teacher.features, classes)));
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

    /** log softmax of row b. */
    private static double[] logProbabilities(float[] logits, int b, int classes) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            max = Math.max(max, logits[b * classes + c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += Math.exp(logits[b * classes + c] - max);
        }
        double normaliser = max + Math.log(sum);
        double[] logs = new double[classes];
        for (int c = 0; c < classes; c++) {
            logs[c] = logits[b * classes + c] - normaliser;
        }
        return logs;
    }

    private static double divergence(float[] full, float[] decoded, int classes) {
        double sum = 0;
        for (int b = 0; b < SAMPLES; b++) {
            double[] p = logProbabilities(full, b, classes);
            double[] q = logProbabilities(decoded, b, classes);
            for (int c = 0; c < classes; c++) {
                sum += Math.exp(p[c]) * (p[c] - q[c]);
            }
        }
        // Rounding may make equal distributions differ by less than nothing.
        return Math.max(0, sum / SAMPLES);
    }

    private static float[] gradient(float[] logits, float[] features, int classes) {
        float[] gradient = new float[classes * SyntheticTeacher.FEATURES];
        for (int b = 0; b < SAMPLES; b++) {
            double[] logs = logProbabilities(logits, b, classes);
            for (int c = 0; c < classes; c++) {
                float error = (float) (1. / classes - Math.exp(logs[c]));
                for (int d = 0; d < SyntheticTeacher.FEATURES; d++) {
                    gradient[c * SyntheticTeacher.FEATURES + d] += error * features[b * SyntheticTeacher.FEATURES + d];
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
