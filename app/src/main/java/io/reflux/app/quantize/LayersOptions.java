package io.reflux.app.quantize;

import io.reflux.app.console.UsageException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.WeightGroups;
import io.reflux.quantization.plan.BitPlan;
import io.reflux.quantization.ptq.LayersConfig;
import io.reflux.quantization.target.Target;
import io.reflux.student.plan.PlanFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The options that say what is quantised, and to what. */
final class LayersOptions {

    @Mixin
    private TargetOption engine;

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
            names = "--group-size",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Inputs of a MatMul or Gemm that share a scale, 16 to 256, where --activation-bits is 0; 0 for a"
                            + " scale for each output (default: ${DEFAULT-VALUE}).")
    private int groupSize;

    @Option(names = "--asymmetric", description = "A zero point for each group, beside its scale.")
    private boolean asymmetric;

    @Option(
            names = "--keep",
            paramLabel = "PATTERN",
            description = "Layers that stay in floats, by name; * for any characters. May be given often.")
    private List<String> keep = List.of();

    @Option(
            names = "--plan",
            paramLabel = "PLAN.yaml",
            description =
                    "Target, and bits of each layer, as reflux plan wrote them; in the place of the options above.")
    private @Nullable Path plan;

    /**
     * The plan, if one is given.
     *
     * @throws io.reflux.student.failure.TrainingFailure if it cannot be read or does not fit the graph
     * @throws UsageException where an option is given, too, that the plan stands for
     */
    Optional<BitPlan> plan(ModelGraph graph, ParseResult given) {
        if (plan == null) {
            return Optional.empty();
        }
        for (String other :
                new String[] {"--target", "--weight-bits", "--activation-bits", "--group-size", "--asymmetric", "--keep"
                }) {
            if (given.hasMatchedOption(other)) {
                throw new UsageException("--plan: " + plan + " (expected: none beside " + other + ")");
            }
        }
        return Optional.of(PlanFile.read(plan, graph));
    }

    /** @throws io.reflux.model.graph.ModelException if there is none of that name */
    Target target() {
        return engine.target();
    }

    /** @throws io.reflux.model.graph.ModelException if a number is out of range, or two do not go together */
    LayersConfig layers() {
        return new LayersConfig(weightBits, activationBits, 8, keep, new WeightGroups(groupSize, asymmetric), true);
    }
}
