package io.reflux.app.quantize;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.app.console.UsageException;
import io.reflux.app.dataset.NotedDataSet;
import io.reflux.data.DataSet;
import io.reflux.data.DataSplits;
import io.reflux.data.view.Augmentation;
import io.reflux.model.frozen.RunningStatistics;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.latency.LayerTimes;
import io.reflux.quantization.latency.ToggledLayers;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.BitPlan;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.target.Target;
import io.reflux.student.export.CheckedFile;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.report.Evaluator;
import io.reflux.student.sample.SampleReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
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
            "  reflux quantize student.onnx --weight-bits 4 --rounding adaround",
            "  reflux quantize student.onnx --weight-bits 4 --json",
            "  reflux quantize student.onnx --plan student.plan.yaml"
        })
public final class QuantizeCommand implements Callable<Integer> {

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL.onnx", description = "The file to quantise.")
    private Path model;

    @Mixin
    private OutputOption output;

    @Mixin
    private NotedDataSet data;

    @Mixin
    private LayersOptions layers;

    @Mixin
    private CalibrationOptions calibration;

    @Mixin
    private RefinementOptions refinement;

    @Mixin
    private LatencyOptions latency;

    @Mixin
    private AcceptanceOptions acceptance;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        QuantizationConfig asked = config();
        ModelGraph graph = ModelGraph.read(model);
        Optional<BitPlan> plan = layers.plan(graph, spec.commandLine().getParseResult());
        QuantizationConfig config = plan.map(
                        bits -> asked.withTarget(Target.of(bits.profile().target())))
                .orElse(asked);
        Function<GraphNode, LayerBits> bits = plan.map(BitPlan::choice)
                .orElseGet(() -> usage(() -> config.layers().choice(graph)));
        Path file = output.file(model);
        DataSplits splits = data.open(data.name(model, graph), graph);
        Evaluator.requireFits(model, splits.training());
        PrintWriter progress = spec.commandLine().getErr();
        CalibrationRun run = new CalibrationRun(
                calibration.batches(reader(splits.training(), graph), splits), THREADS, "auto", line -> {
                    progress.println(line);
                    progress.flush();
                });
        if (RunningStatistics.of(graph) != graph) {
            run.progress()
                    .accept(model
                            + ": normalisations that use the statistics of each call will use their running ones");
        }
        FileComparison comparison = new FileComparison(model, splits, reader(splits.test(), graph));
        LayerTimes times = latency.isTimed() ? times(graph, config, bits, comparison, run) : LayerTimes.NONE;
        QuantizedGraph quantized = usage(() -> Quantizer.of(graph, config, latency.choice(bits, times)))
                .quantize(run);
        run.progress().accept("measuring both files on " + splits.testIds().size() + " test samples");
        Fidelity fidelity = CheckedFile.write(
                quantized.stored(), quantized.trainable(), file, comparison.all(), acceptance.minAgreement());
        QuantizeResult result = comparison.measure(quantized, times, file, fidelity);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(result));
        } else {
            QuantizeTable.print(out, result);
        }
        out.flush();
        return ExitCode.OK;
    }

    private static LayerTimes times(
            ModelGraph graph,
            QuantizationConfig config,
            Function<GraphNode, LayerBits> bits,
            FileComparison comparison,
            CalibrationRun run) {
        ToggledLayers toggled =
                usage(() -> new ToggledLayers(graph, config, bits, comparison.sample(), ToggledLayers.TIMING));
        run.progress().accept("timing " + toggled.layers().size() + " layers");
        return LayerTimes.measure(toggled.layers(), toggled);
    }

    private QuantizationConfig config() {
        calibration.check();
        acceptance.check();
        latency.check();
        try {
            return new QuantizationConfig(
                    layers.target(), layers.layers(), calibration.observer(), refinement.refinement(layers.layers()));
        } catch (ModelException e) {
            throw new UsageException(e);
        }
    }

    /** Settings that need the graph, such as the patterns of {@code --keep}, are refused as the other settings are. */
    private static <T> T usage(Supplier<T> settings) {
        try {
            return settings.get();
        } catch (ModelException e) {
            throw e.code() == ModelException.Code.INVALID_ARGUMENT ? new UsageException(e) : e;
        }
    }

    private static SampleReader reader(DataSet set, ModelGraph graph) {
        return SampleReader.of(
                set, Augmentation.NONE, ModelNotes.of(graph.metadata()).scaling());
    }
}
