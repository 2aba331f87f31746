package io.reflux.app.quantize;

import io.reflux.app.console.UsageException;
import io.reflux.model.graph.GraphNode;
import io.reflux.quantization.latency.LayerTime;
import io.reflux.quantization.latency.LayerTimes;
import io.reflux.quantization.placement.LayerBits;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The options that say whether layers are timed, and what becomes of those which integers make slower. */
final class LatencyOptions {

    @Option(names = "--latency-aware", description = "Leave layers in floats with which a call is faster then.")
    private boolean aware;

    @Option(
            names = "--layer-times",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Time each layer in integers and in floats, and name those that are slower in integers (default:"
                            + " ${DEFAULT-VALUE}). It takes some 0.1 s a layer.")
    private boolean timed;

    /** @throws UsageException where layers shall be chosen by times that are not measured */
    void check() {
        if (aware && !timed) {
            throw new UsageException("--latency-aware: given (expected: not beside --no-layer-times)");
        }
    }

    /** Whether layers are timed. */
    boolean isTimed() {
        return timed;
    }

    /**
     * The bits with what was found out about times.
     *
     * @throws UsageException where no layer would be left in integers
     */
    Function<GraphNode, LayerBits> choice(Function<GraphNode, LayerBits> bits, LayerTimes times) {
        if (!aware) {
            return bits;
        }
        Set<String> slower =
                times.slowerInIntegers().stream().map(LayerTime::layer).collect(Collectors.toSet());
        if (!slower.isEmpty() && slower.size() == times.layers().size()) {
            throw new UsageException("--latency-aware: every layer is slower in integers (expected: one that is not)");
        }
        return node -> slower.contains(node.name()) ? LayerBits.FLOAT : bits.apply(node);
    }
}
