package io.reflux.app.quantize;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.app.console.UsageException;
import io.reflux.app.dataset.NotedDataSet;
import io.reflux.data.DataSplits;
import io.reflux.data.view.Augmentation;
import io.reflux.model.file.WholeFile;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.latency.LayerTimes;
import io.reflux.quantization.latency.ToggledLayers;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.Budget;
import io.reflux.quantization.plan.LayerOption;
import io.reflux.quantization.plan.MeasuredPlan;
import io.reflux.quantization.plan.NetworkProfile;
import io.reflux.quantization.plan.ParetoFront;
import io.reflux.quantization.plan.Planner;
import io.reflux.quantization.plan.Profiler;
import io.reflux.quantization.ptq.LayersConfig;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.RefinementConfig;
import io.reflux.quantization.sensitivity.Divergence;
import io.reflux.quantization.sensitivity.HessianSensitivity;
import io.reflux.quantization.sensitivity.KlSensitivity;
import io.reflux.quantization.sensitivity.Sensitivity;
import io.reflux.quantization.target.Target;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.plan.PlanFile;
import io.reflux.student.report.Evaluator;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Chooses bits for each layer of a trained model within a budget, and writes them as a plan. */
@Command(
        name = "plan",
        header = "Chooses bits for each layer of a trained model, within a budget.",
        description = {
            "",
            "Quantises one layer at a time and measures what the model's answers lose, chooses the bits that lose least"
                    + " within the budget, and writes them as a plan that people can change and reflux quantize replays,"
                    + " with a picture of what other budgets would give. docs/quantization.md says more.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux plan student.onnx --average-bits 4",
            "  reflux plan student.onnx --budget-ratio 0.15 --weight-bits 2,4,8 --output small.yaml",
            "  reflux quantize student.onnx --plan student.plan.yaml"
        })
public final class PlanCommand implements Callable<Integer> {

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    /** Random vectors for each batch of the Hessian's traces. */
    private static final int PROBES = 4;

    /** Budgets that the picture tries. */
    private static final int FRONT = 16;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL.onnx", description = "The file to plan for.")
    private Path model;

    @ArgGroup(multiplicity = "1")
    private BudgetOptions budget;

    @Option(
            names = "--output",
            paramLabel = "PLAN.yaml",
            description =
                    "The plan to write (default: MODEL.plan.yaml beside the model). The picture lies beside it, as"
                            + " .svg. Measurements of a plan that is there already are used again.")
    private @Nullable Path output;

    @Mixin
    private NotedDataSet data;

    @Mixin
    private CalibrationOptions calibration;

    @Option(
            names = "--target",
            paramLabel = "NAME",
            defaultValue = "onnxruntime-cpu",
            description = "The engine: onnxruntime-cpu or tensorrt (default: ${DEFAULT-VALUE}).")
    private String target;

    @Option(
            names = "--weight-bits",
            paramLabel = "N",
            split = ",",
            defaultValue = "2,4,8",
            description = "Bits of weights to choose from (default: ${DEFAULT-VALUE}).")
    private List<Integer> weightBits;

    @Option(
            names = "--activation-bits",
            paramLabel = "N",
            split = ",",
            defaultValue = "8",
            description = "Bits of what layers read, to choose from; 0 = floats (default: ${DEFAULT-VALUE}).")
    private List<Integer> activationBits;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            defaultValue = KlSensitivity.METRIC,
            description =
                    "What a layer's sensitivity is: kl, measured with each of the bits, or hessian, foretold by the"
                            + " trace of the Hessian and the error of the weights (default: ${DEFAULT-VALUE}).")
    private String metric;

    @Option(names = "--floats", description = "Layers may stay in floats, too.")
    private boolean floats;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        calibration.check();
        if (!List.of(KlSensitivity.METRIC, HessianSensitivity.METRIC).contains(metric)) {
            throw new UsageException("--metric: " + metric + " (expected: kl or hessian)");
        }
        QuantizationConfig config = config();
        List<LayerBits> bits = bits();
        ModelGraph graph = ModelGraph.read(model);
        Budget limit = budget.budget(graph.byteSize());
        Path file = file();
        DataSplits splits = data.open(data.name(model, graph), graph);
        try (OnnxRuntimeModel inFloats = OnnxRuntimeModel.open(model, 1)) {
            Evaluator.requireFits(model.toString(), inFloats, splits.training());
        }
        SampleReader reader = SampleReader.of(
                splits.training(),
                Augmentation.NONE,
                ModelNotes.of(graph.metadata()).scaling());
        PlainBatches batches = calibration.batches(reader, splits);
        Divergence divergence = Divergence.of(graph, config, batches, THREADS);
        NetworkProfile measured = profile(graph, config, divergence, bits, batches, file);
        NetworkProfile profile = budget.isTime() ? timed(measured, graph, config, reader, splits) : measured;
        Predicate<LayerOption> allowed =
                option -> floats || budget.isTime() || !option.bits().isFloat();
        PlanResult result = choose(profile, limit, allowed, divergence, bits);
        PlanFile.write(result.chosen().plan(), List.of(comment(result)), file);
        Path picture = picture(file);
        WholeFile.write(
                picture,
                ParetoPlot.svg(
                        model.getFileName() + ": bits for each layer",
                        result.front(),
                        result.uniform(),
                        result.chosen()));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(PlanTable.json(result, file, picture)));
        } else {
            PlanTable.print(out, result, file, picture);
        }
        out.flush();
        return ExitCode.OK;
    }

    private QuantizationConfig config() {
        try {
            return new QuantizationConfig(
                    Target.of(target), LayersConfig.INT8, calibration.observer(), RefinementConfig.NONE);
        } catch (ModelException e) {
            throw new UsageException(e);
        }
    }

    private List<LayerBits> bits() {
        List<LayerBits> bits = new ArrayList<>();
        try {
            Target engine = Target.of(target);
            for (int weights : weightBits.stream().sorted().distinct().toList()) {
                engine.weights(weights);
                for (int activations :
                        activationBits.stream().sorted().distinct().toList()) {
                    if (activations != 0) {
                        engine.activations(activations);
                    }
                    bits.add(new LayerBits(weights, activations));
                }
            }
        } catch (ModelException e) {
            throw new UsageException(e);
        }
        return bits;
    }

    private Path file() {
        Path file = output == null ? model.resolveSibling(stem(model, ".onnx") + ".plan.yaml") : output;
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new UsageException("--output: " + file + " (expected: a file in a folder that is there)");
        }
        return file;
    }

    private static Path picture(Path file) {
        return file.resolveSibling(stem(file, ".yaml") + ".svg");
    }

    private static String stem(Path file, String ending) {
        String name = file.getFileName().toString();
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }

    private NetworkProfile profile(
            ModelGraph graph,
            QuantizationConfig config,
            Divergence divergence,
            List<LayerBits> bits,
            PlainBatches batches,
            Path file) {
        PrintWriter err = spec.commandLine().getErr();
        long samples = Math.min(batches.samples(), batches.ids().size());
        NetworkProfile known = known(graph, samples, file);
        Sensitivity sensitivity = metric.equals(KlSensitivity.METRIC)
                ? new KlSensitivity(divergence)
                : HessianSensitivity.of(graph, config.target(), batches, PROBES, done -> {
                    err.println("curvature: batch " + done);
                    err.flush();
                });
        Profiler profiler = new Profiler(graph, config, divergence, sensitivity, bits);
        return profiler.measure(samples, known, (done, total, layer, option) -> {
            err.printf(
                    Locale.ROOT,
                    "%d/%d %s: %s %.3g%n",
                    done,
                    total,
                    layer,
                    PlanTable.bits(option.bits()),
                    option.sensitivity());
            err.flush();
        });
    }

    private NetworkProfile timed(
            NetworkProfile profile,
            ModelGraph graph,
            QuantizationConfig config,
            SampleReader reader,
            DataSplits splits) {
        CalibrationBatch sample =
                new PlainBatches(reader, splits.train(), 1, 1).iterator().next();
        ToggledLayers toggled =
                new ToggledLayers(graph, config, node -> LayerBits.INT8, sample, QuantizeCommand.LAYER_TIMING);
        return profile.withTimes(LayerTimes.measure(toggled.layers(), toggled));
    }

    /** What a plan that is there already knows, where it was measured in the same way. */
    private @Nullable NetworkProfile known(ModelGraph graph, long samples, Path file) {
        if (!Files.exists(file)) {
            return null;
        }
        PrintWriter err = spec.commandLine().getErr();
        try {
            NetworkProfile known = PlanFile.read(file, graph).profile();
            boolean same = known.model().equals(graph.digest())
                    && known.metric().equals(metric)
                    && known.target().equals(target)
                    && known.samples() == samples;
            err.println(file + (same ? ": measured already" : ": measured otherwise, is made anew"));
            return same ? known : null;
        } catch (TrainingFailure e) {
            err.println(e.getMessage() + "; is made anew");
            return null;
        }
    }

    private PlanResult choose(
            NetworkProfile profile,
            Budget limit,
            Predicate<LayerOption> allowed,
            Divergence divergence,
            List<LayerBits> bits) {
        MeasuredPlan chosen;
        try {
            chosen = Planner.plan(profile, limit, allowed, divergence);
        } catch (ModelException e) {
            throw e.code() == ModelException.Code.INVALID_ARGUMENT ? new UsageException(e) : e;
        }
        List<MeasuredPlan> front = ParetoFront.of(profile, allowed, FRONT).stream()
                .map(plan -> MeasuredPlan.of(plan, divergence))
                .toList();
        Map<String, MeasuredPlan> uniform = new LinkedHashMap<>();
        bits.forEach(same ->
                uniform.put(PlanTable.bits(same), MeasuredPlan.of(ParetoFront.uniform(profile, same), divergence)));
        return new PlanResult(chosen, front, uniform);
    }

    private static String comment(PlanResult result) {
        return String.format(
                Locale.ROOT,
                "Chosen: %,d bytes, %.3f bits on average, KL %.4g nats.",
                result.chosen().bytes(),
                result.chosen().plan().averageBits(),
                result.chosen().divergence());
    }
}
