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
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.Budget;
import io.reflux.quantization.plan.LayerOption;
import io.reflux.quantization.plan.MeasuredPlan;
import io.reflux.quantization.plan.NetworkProfile;
import io.reflux.quantization.plan.ParetoFront;
import io.reflux.quantization.plan.Planner;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.sensitivity.Divergence;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.plan.PlanFile;
import io.reflux.student.report.Evaluator;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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

    @Mixin
    private ChoiceOptions choice;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        calibration.check();
        choice.check();
        QuantizationConfig config = choice.config(calibration.observer());
        List<LayerBits> bits = choice.bits();
        ModelGraph graph = ModelGraph.read(model);
        Budget limit = budget.budget(graph.byteSize());
        Path file = WrittenFile.of(output, model, ".plan.yaml");
        DataSplits splits = data.open(data.name(model, graph), graph);
        Evaluator.requireFits(model, splits.training());
        SampleReader reader = SampleReader.of(
                splits.training(),
                Augmentation.NONE,
                ModelNotes.of(graph.metadata()).scaling());
        PlainBatches batches = calibration.batches(reader, splits);
        Divergence divergence = Divergence.of(graph, config, batches, THREADS);
        LayerProfiling profiling = new LayerProfiling(
                graph, config, choice.metric(), spec.commandLine().getErr());
        NetworkProfile measured = profiling.profile(divergence, bits, batches, file);
        NetworkProfile profile = budget.isTime()
                ? profiling.timed(
                        measured,
                        new PlainBatches(reader, splits.train(), 1, 1)
                                .iterator()
                                .next())
                : measured;
        Predicate<LayerOption> allowed =
                option -> choice.floats() || budget.isTime() || !option.bits().isFloat();
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

    private static Path picture(Path file) {
        return file.resolveSibling(WrittenFile.stem(file, ".yaml") + ".svg");
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
