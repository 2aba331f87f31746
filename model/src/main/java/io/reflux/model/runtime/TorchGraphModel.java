package io.reflux.model.runtime;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchDevice;
import io.reflux.model.script.TorchTensors;
import java.util.List;
import java.util.Map;

/** An ONNX graph, compiled to TorchScript and run by libtorch. */
public final class TorchGraphModel implements InferenceModel {

    private final ModelGraph graph;
    private final String digest;
    private final ClassifierSignature signature;
    private final NDManager manager;
    private final ScriptModule module;
    private final NDList tensors;
    private boolean closed;

    private TorchGraphModel(ModelGraph graph, GraphScript script, NDManager manager) {
        this.graph = graph;
        this.digest = graph.digest();
        this.signature = ClassifierSignature.of(graph);
        this.manager = manager;
        this.module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""));
        NDList parameters = TorchTensors.create(manager, script.parameters());
        NDList buffers = TorchTensors.create(manager, script.buffers());
        ScriptModule.asList(parameters, "p");
        ScriptModule.asList(buffers, "b");
        this.tensors = new NDList(parameters).addAll(buffers);
    }

    /**
     * Compiles a classifier and copies its tensors to a device.
     *
     * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
     * @throws io.reflux.model.graph.ModelException if the graph is no classifier, has unsupported operators, or the
     *     device is not there
     */
    public static TorchGraphModel open(ModelGraph graph, String device) {
        GraphScript script = GraphCompiler.compile(graph);
        NDManager manager = NDManager.newBaseManager(TorchDevice.of(device), "PyTorch");
        try {
            return new TorchGraphModel(graph, script, manager);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public List<Long> sampleShape() {
        return signature.input().sampleShape();
    }

    @Override
    public int numClasses() {
        return signature.numClasses();
    }

    @Override
    public String digest() {
        return digest;
    }

    @Override
    public Map<String, String> metadata() {
        return graph.metadata();
    }

    @Override
    public synchronized float[] logits(float[] inputs, int rows) {
        if (closed) {
            throw InferenceModel.closed(graph.source());
        }
        signature.input().requireBatch(inputs, rows);
        if (rows == 0) {
            return new float[0];
        }
        try (NDManager batch = manager.newSubManager()) {
            NDList arguments =
                    new NDList(batch.create(inputs, new Shape(signature.input().batchShape(rows)))).addAll(tensors);
            try (NDList results = module.call(GraphScript.EVALUATE, arguments, false)) {
                return results.get(0).toFloatArray();
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            module.close();
            manager.close();
        }
    }
}
