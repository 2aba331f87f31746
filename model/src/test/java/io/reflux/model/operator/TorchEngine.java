package io.reflux.model.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.util.Collection;
import java.util.List;

/** Compiles a graph of any inputs and outputs and runs it in libtorch, in evaluation mode. */
final class TorchEngine {

    private TorchEngine() {}

    static List<Elements> run(ModelGraph graph, Collection<GraphTensor> inputs) {
        GraphScript script = GraphCompiler.compile(graph);
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ScriptModule module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""))) {
            NDList arguments = TorchTensors.create(manager, List.copyOf(inputs));
            NDList parameters = TorchTensors.create(manager, script.parameters());
            NDList buffers = TorchTensors.create(manager, script.buffers());
            ScriptModule.asList(parameters, "p");
            ScriptModule.asList(buffers, "b");
            try (NDList results = module.call(
                    GraphScript.EVALUATE, arguments.addAll(parameters).addAll(buffers), false)) {
                return results.stream()
                        .map((NDArray array) -> Elements.of(array))
                        .toList();
            }
        }
    }
}
