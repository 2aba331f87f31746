package io.reflux.model.runtime;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.reflux.model.frozen.NormFolding;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.script.BatchMemory;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.Kernels;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchDevice;
import io.reflux.model.script.TorchTensors;

/** An ONNX graph, compiled to TorchScript and run by libtorch. */
public final class TorchGraphModel extends Classifier {

    private final ClassifierSignature signature;
    private final long numTokens;
    private final NDManager manager;
    private final ScriptModule module;
    private final NDList tensors;
    private final BatchMemory memory = new BatchMemory();

    private TorchGraphModel(
            GraphContext context, ClassifierSignature signature, GraphScript script, NDManager manager) {
        super(
                context.graph().source(),
                context.graph().digest(),
                signature.input(),
                context.graph().metadata());
        this.signature = signature;
        this.numTokens = TokenLimit.of(context, signature.input());
        this.manager = manager;
        this.module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""));
        this.tensors = prepared(script);
        ScriptModule.asList(tensors, "b");
    }

    /** The constants in the layouts that the kernels want; as they were stored they are needed no more. */
    private NDList prepared(GraphScript script) {
        if (script.buffers().isEmpty()) {
            return new NDList();
        }
        try (NDList stored = TorchTensors.create(manager, script.buffers())) {
            ScriptModule.asList(stored, "b");
            return module.call(GraphScript.PREPARE, stored, false);
        }
    }

    /**
     * Compiles a classifier and copies its tensors to a device.
     *
     * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
     * @throws io.reflux.model.graph.ModelException if the graph is no classifier, has unsupported operators, or the
     *     device is not there
     */
    public static TorchGraphModel open(ModelGraph graph, String device) {
        Device target = TorchDevice.of(device);
        GraphContext context = GraphContext.of(NormFolding.fold(graph));
        GraphScript script = GraphCompiler.compileFrozen(context, Kernels.of(target));
        ClassifierSignature signature = ClassifierSignature.of(context);
        NDManager manager = NDManager.newBaseManager(target, "PyTorch");
        try {
            return new TorchGraphModel(context, signature, script, manager);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public long numTokens() {
        return numTokens;
    }

    @Override
    public int numClasses() {
        return signature.numClasses();
    }

    @Override
    public int positions() {
        return signature.positions();
    }

    @Override
    float[] run(Inputs inputs, int rows) {
        try (NDManager batch = manager.newSubManager()) {
            NDList arguments = new NDList(input().array(batch, memory, inputs, rows)).addAll(tensors);
            try (NDList results = module.call(GraphScript.EVALUATE, arguments, false)) {
                return results.get(0).toFloatArray();
            }
        }
    }

    @Override
    void release() {
        module.close();
        manager.close();
    }
}
