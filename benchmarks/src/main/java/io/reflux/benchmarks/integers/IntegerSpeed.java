package io.reflux.benchmarks.integers;

import io.reflux.model.frozen.RunningStatistics;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.latency.Latency;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.Quantizer;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Times networks of the zoo in ONNX Runtime, in floats and quantised to 8 bits, one thread, batch 1 and 32:
 * {@code IntegerSpeed SECONDS [NAME ...]}, with names as in the table, or of files whose input has a size but for its batch. Both
 * files take turns; medians. Weights and samples are drawn: times do not depend on them. Markdown goes to standard output.
 */
public final class IntegerSpeed {

    private static final int BATCH = 32;

    private static final List<Network> NETWORKS = List.of(
            new Network("lenet-5", 1, 28, 0),
            new Network("resnet-8", 3, 32, 0),
            new Network("resnet-20", 3, 32, 1),
            new Network("resnet-20", 3, 32, 4),
            new Network("mobilenet-v1", 3, 32, 0.25),
            new Network("mobilenet-v1", 3, 32, 1),
            new Network("vgg-small", 3, 32, 1));

    private IntegerSpeed() {}

    /** @param width factor on the channels; 0 where the network has no such setting */
    private record Network(String name, int channels, int side, double width) {

        String label() {
            return width == 0 ? name : name + ", width " + (width == (int) width ? "" + (int) width : "" + width);
        }

        ModelGraph build() {
            Map<ZooSetting, Object> settings = new EnumMap<>(ZooSetting.class);
            if (width != 0) {
                settings.put(ZooSetting.WIDTH, width);
            }
            return Zoo.build(new ZooSpec(name, List.of(channels, side, side), 10, settings, null, 1));
        }
    }

    private static CalibrationBatch samples(ModelGraph graph, int rows) {
        long sample = graph.inputs().get(0).shape().stream().skip(1).reduce(1L, Math::multiplyExact);
        float[] values = new float[Math.toIntExact(rows * sample)];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new CalibrationBatch(Inputs.of(values), rows);
    }

    /** Prints the table. */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            System.err.println("usage: IntegerSpeed SECONDS [NAME ...]");
            System.exit(2);
        }
        Duration each = Duration.ofMillis(Math.round(1000 * Double.parseDouble(arguments[0])));
        List<String> chosen = List.of(arguments).subList(1, arguments.length);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(
                "| network | ms, floats → integers, batch 1 | times as fast | batch " + BATCH + " | times as fast |");
        out.println("|---|---|---|---|---|");
        for (Network network : NETWORKS) {
            if (chosen.isEmpty() || chosen.contains(network.label())) {
                out.println(row(network.label(), network.build(), each));
            }
        }
        chosen.stream()
                .filter(name -> name.endsWith(".onnx"))
                .map(Path::of)
                .forEach(file -> out.println(
                        row(file.getFileName().toString(), RunningStatistics.of(ModelGraph.read(file)), each)));
    }

    private static String row(String label, ModelGraph graph, Duration each) {
        ModelGraph stored = Quantizer.of(graph, QuantizationConfig.INT8)
                .quantize(List.of(samples(graph, 8)), 1)
                .stored();
        StringBuilder row = new StringBuilder("| " + label);
        for (int rows : new int[] {1, BATCH}) {
            CalibrationBatch batch = samples(graph, rows);
            try (OnnxRuntimeModel floats = OnnxRuntimeModel.open(graph, 1);
                    OnnxRuntimeModel integers = OnnxRuntimeModel.open(stored, 1)) {
                List<Double> times =
                        Latency.medians(List.of(floats, integers), batch.inputs(), rows, each, System::nanoTime);
                row.append(String.format(
                        Locale.ROOT, " | %.3f → %.3f | %.2f", times.get(0), times.get(1), times.get(0) / times.get(1)));
            }
        }
        return row.append(" |").toString();
    }
}
