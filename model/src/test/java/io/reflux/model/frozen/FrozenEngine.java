package io.reflux.model.frozen;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.Kernels;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;

/** Runs graphs of any inputs and outputs with weights that stay as they are. */
public final class FrozenEngine {

    private FrozenEngine() {}

    /** The script of a graph after folding. */
    static GraphScript script(ModelGraph graph, Kernels kernels) {
        return GraphCompiler.compileFrozen(GraphContext.of(NormFolding.fold(graph)), kernels);
    }

    /** The first output, which the manager closes. */
    public static float[] run(ModelGraph graph, Kernels kernels, NDArray input, NDManager manager) {
        GraphScript script = script(graph, kernels);
        try (ScriptModule module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""))) {
            NDList stored = TorchTensors.create(manager, script.buffers());
            ScriptModule.asList(stored, "b");
            try (NDList prepared = module.call(GraphScript.PREPARE, stored, false)) {
                ScriptModule.asList(prepared, "b");
                NDList arguments = new NDList(input).addAll(prepared);
                try (NDList results = module.call(GraphScript.EVALUATE, arguments, false)) {
                    return results.get(0).toFloatArray();
                }
            }
        }
    }
}
