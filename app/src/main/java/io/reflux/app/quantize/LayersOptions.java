package io.reflux.app.quantize;

import io.reflux.quantization.ptq.LayersConfig;
import io.reflux.quantization.target.Target;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say what is quantised, and to what. */
final class LayersOptions {

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
            names = "--keep",
            paramLabel = "PATTERN",
            description = "Layers that stay in floats, by name; * for any characters. May be given often.")
    private List<String> keep = List.of();

    /** @throws io.reflux.model.graph.ModelException if there is none of that name */
    Target target() {
        return Target.of(target);
    }

    LayersConfig layers() {
        return new LayersConfig(weightBits, activationBits, 8, keep);
    }
}
