package io.reflux.app.quantize;

import io.reflux.quantization.target.Target;
import picocli.CommandLine.Option;

/** The option that says what runs the quantised file. */
final class TargetOption {

    @Option(
            names = "--target",
            paramLabel = "NAME",
            defaultValue = "onnxruntime-cpu",
            description = "The engine: onnxruntime-cpu or tensorrt (default: ${DEFAULT-VALUE}).")
    private String name;

    /** @throws io.reflux.model.graph.ModelException if there is none of that name */
    Target target() {
        return Target.of(name);
    }
}
