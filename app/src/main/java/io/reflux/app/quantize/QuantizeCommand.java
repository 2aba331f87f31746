package io.reflux.app.quantize;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.app.console.TextTable;
import io.reflux.app.console.UsageException;
import io.reflux.app.dataset.NotedDataSet;
import io.reflux.app.quantize.QuantizeResult.MeasuredFile;
import io.reflux.data.DataSet;
import io.reflux.data.DataSplits;
import io.reflux.data.view.Augmentation;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.latency.Latency;
import io.reflux.quantization.observer.ObserverConfig;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.target.Target;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.report.Evaluator;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Quantises a trained model's file with samples of its data set, and measures what came out. */
@Command(
        name = "quantize",
        header = "Makes a trained model smaller and faster: runs it in integers.",
        description = {
            "",
            "Observes some training samples, without their labels, writes a file in 8-bit integers that is about a"
                    + " quarter of the size, and compares both files on the test set. docs/quantization.md says more.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux quantize student.onnx",
            "  reflux quantize student.onnx --output small.onnx --observer entropy \\",
            "      --keep conv1 --data-dir /data",
            "  reflux quantize student.onnx --weight-bits 4 --json"
        })
public final class QuantizeCommand implements Callable<Integer> {
    /** Samples of the larger batch that is timed. */
    static final int BATCH = 32;

    private static final int EVALUATION_BATCH = 250;

    private static final Duration TIMING = Duration.ofMillis(600);

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL.onnx", description = "The file to quantise.")
    private Path model;

    @Option(
            names = "--output",
            paramLabel = "OUT.onnx",
            description = "The file to write (default: MODEL.int8.onnx beside the model).")
    private @Nullable Path output;

    @Mixin
    private NotedDataSet data;

    @Option(
            names = "--calibration-samples",
            paramLabel = "N",
            defaultValue = "512",
            description = "Training samples to observe (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--target",
            paramLabel = "NAME",
            defaultValue = "onnxruntime-cpu",
            description = "The engine: onnxruntime-cpu or tensorrt (default: ${DEFAULT-VALUE}).")
    private String target;

    @Option(
            names = "--weight-bits",
            paramLabel = "N",
            defaultValue = "8",
            description = "Bits of the weights (default: ${DEFAULT-VALUE}).")
    private int weightBits;

    @Option(
            names = "--activation-bits",
            paramLabel = "N",
            defaultValue = "8",
            description = "Bits of what layers read (default: ${DEFAULT-VALUE}).")
    private int activationBits;

    @Option(
            names = "--observer",
            paramLabel = "NAME",
            defaultValue = "mse",
            description =
                    "What chooses ranges: min-max, moving-average, percentile, mse or entropy (default: ${DEFAULT-VALUE}).")
    private String observer;

    @Option(
            names = "--keep",
            paramLabel = "PATTERN",
            description = "Layers that stay in floats, by name; * for any characters. May be given often.")
    private List<String> keep = List.of();

    @Option(
            names = "--min-agreement",
            paramLabel = "PERCENT",
            defaultValue = "99.9",
            description = "Fail where the file gives the class that the quantised training graph gives for fewer test"
                    + " samples (default: ${DEFAULT-VALUE}).")
    private double minAgreement;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        QuantizationConfig config = config();
        ModelGraph graph = ModelGraph.read(model);
        Path file = output();
        DataSplits splits = data.open(data.name(model, graph), graph);
        requireFits(splits.training());
        SampleReader training = reader(splits.training(), graph);
        PlainBatches calibration = new PlainBatches(training, splits.train(), samples, BATCH);
        QuantizedGraph quantized = quantizer(graph, config).quantize(calibration, THREADS);
        Path unchecked = file.resolveSibling(file.getFileName() + ".unchecked");
        quantized.stored().write(unchecked);
        QuantizeResult result;
        try {
            result = measure(unchecked, file, quantized, splits, graph);
            result.fidelity().requireAgreement(minAgreement / 100, model.toString());
            Files.move(unchecked, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unchecked);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(result));
        } else {
            print(out, result);
        }
        out.flush();
        return ExitCode.OK;
    }

    private QuantizationConfig config() {
        if (samples < 1) {
            throw new UsageException("--calibration-samples: " + samples + " (expected: >= 1)");
        }
        if (!(minAgreement >= 0 && minAgreement <= 100)) {
            throw new UsageException("--min-agreement: " + minAgreement + " (expected: 0 to 100)");
        }
        try {
            return new QuantizationConfig(
                    Target.of(target), weightBits, activationBits, 8, ObserverConfig.of(observer), keep);
        } catch (ModelException e) {
            throw new UsageException(e);
        }
    }

    private void requireFits(DataSet set) {
        try (OnnxRuntimeModel floats = OnnxRuntimeModel.open(model, 1)) {
            Evaluator.requireFits(model.toString(), floats, set);
        }
    }

    /** Patterns of {@code --keep} need the graph's names, so the configuration alone cannot refuse them. */
    private static Quantizer quantizer(ModelGraph graph, QuantizationConfig config) {
        try {
            return Quantizer.of(graph, config);
        } catch (ModelException e) {
            throw e.code() == ModelException.Code.INVALID_ARGUMENT ? new UsageException(e) : e;
        }
    }

    private static SampleReader reader(DataSet set, ModelGraph graph) {
        return SampleReader.of(
                set, Augmentation.NONE, ModelNotes.of(graph.metadata()).scaling());
    }

    /** Where to write; refused before the work where it would fail after it, or take the place of the model. */
    private Path output() throws IOException {
        Path file = output == null ? beside(model) : output;
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new UsageException("--output: " + file + " (expected: a file in a folder that is there)");
        }
        if (Files.exists(file) && Files.isSameFile(file, model)) {
            throw new UsageException("--output: " + file + " (expected: another file than the model)");
        }
        return file;
    }

    private static Path beside(Path model) {
        String name = model.getFileName().toString();
        String stem = name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name;
        return model.resolveSibling(stem + ".int8.onnx");
    }

    private QuantizeResult measure(
            Path written, Path file, QuantizedGraph quantized, DataSplits splits, ModelGraph graph) throws IOException {
        Evaluator evaluator = new Evaluator(splits);
        PlainBatches test = PlainBatches.all(reader(splits.test(), graph), splits.testIds(), EVALUATION_BATCH);
        Fidelity fidelity;
        try (TorchGraphModel trained = TorchGraphModel.open(quantized.trainable(), "cpu");
                OnnxRuntimeModel reloaded = OnnxRuntimeModel.open(written, THREADS)) {
            fidelity = Fidelity.between(trained, reloaded, test);
        }
        List<Double> one;
        List<Double> many;
        try (OnnxRuntimeModel floats = OnnxRuntimeModel.open(model, 1);
                OnnxRuntimeModel integers = OnnxRuntimeModel.open(written, 1)) {
            one = times(floats, integers, test, 1);
            many = times(floats, integers, test, BATCH);
        }
        return new QuantizeResult(
                splits.training().name(),
                new MeasuredFile(
                        model.toString(), Files.size(model), evaluator.evaluate(model), one.get(0), many.get(0)),
                new MeasuredFile(
                        file.toString(), Files.size(written), evaluator.evaluate(written), one.get(1), many.get(1)),
                fidelity,
                quantized.layers(),
                quantized.notices());
    }

    private static List<Double> times(OnnxRuntimeModel a, OnnxRuntimeModel b, PlainBatches test, int rows) {
        CalibrationBatch batch = new PlainBatches(test.reader(), test.ids(), rows, rows)
                .iterator()
                .next();
        return Latency.medians(List.of(a, b), batch.inputs(), batch.rows(), TIMING, System::nanoTime);
    }

    private static void print(PrintWriter out, QuantizeResult result) {
        TextTable table = new TextTable("file", "bytes", "ratio", "accuracy", "ms, batch 1", "ms, batch " + BATCH);
        for (MeasuredFile file : List.of(result.floats(), result.integers())) {
            table.row(
                    file.file(),
                    String.format(Locale.ROOT, "%,d", file.bytes()),
                    String.format(
                            Locale.ROOT,
                            "%.3f",
                            (double) file.bytes() / result.floats().bytes()),
                    String.format(
                            Locale.ROOT, "%.2f %%", 100 * file.evaluation().accuracy()),
                    String.format(Locale.ROOT, "%.3f", file.milliseconds()),
                    String.format(Locale.ROOT, "%.3f", file.batchMilliseconds()));
        }
        table.lines().forEach(out::println);
        out.printf(
                Locale.ROOT,
                "%d layers in integers; against the training graph: agreement %.3f %%, largest difference of logits"
                        + " %.4g, mean %.4g%n",
                result.layers().size(),
                100 * result.fidelity().agreement(),
                result.fidelity().maxDifference(),
                result.fidelity().meanDifference());
        result.notices().forEach(out::println);
    }
}
