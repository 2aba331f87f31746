package io.reflux.model.runtime;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.reflux.model.frozen.NormFolding;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.script.BatchMemory;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.Kernels;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchDevice;
import io.reflux.model.script.TorchTensors;
import java.util.List;

/** An ONNX graph, compiled to TorchScript and run by libtorch. */
public final class TorchGraphModel extends Classifier {

    private final long numTokens;
    private final NDManager manager;
    private final ScriptModule module;
    private final NDList tensors;
    private final BatchMemory memory = new BatchMemory();
    /** Names of what the script returns, in its order. */
    private final List<String> places;

    private final List<ModelOutput> outputs;

    private TorchGraphModel(
            ModelGraph graph, List<String> named, GraphContext context, GraphScript script, NDManager manager) {
        super(graph.source(), graph.digest(), ClassifierSignature.of(context).input(), graph.metadata());
        this.numTokens = TokenLimit.of(context, input());
        this.manager = manager;
        this.module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""));
        this.tensors = prepared(script);
        ScriptModule.asList(tensors, "b");
        this.places = script.outputs();
        List<ValueInfo> given = places.stream()
                .map(name -> new ValueInfo(name, context.type(name), context.shape(name)))
                .toList();
        this.outputs = chosen(given, graph.inputs().get(0).shape().get(0), named);
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
        return open(graph, List.of(), device);
    }

    /**
     * As {@link #open(ModelGraph, String)}, for a model that gives more than its file says. Its digest stays that of the
     * file. A value between a convolution and its normalisation keeps these apart, which rounds the logits otherwise.
     *
     * @param hints outputs, and inner values of the graph, that must be among {@link #outputs}
     * @throws io.reflux.model.graph.ModelException also if there is no value of such a name, or it is not FLOAT[batch, ...]
     *     with all but the batch fixed
     */
    public static TorchGraphModel open(ModelGraph graph, List<String> hints, String device) {
        Device target = TorchDevice.of(device);
        GraphContext context = GraphContext.of(NormFolding.fold(graph.withOutputs(hints)));
        GraphScript script = GraphCompiler.compileFrozen(context, Kernels.of(target));
        NDManager manager = NDManager.newBaseManager(target, "PyTorch");
        try {
            return new TorchGraphModel(graph, hints, context, script, manager);
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
    public List<ModelOutput> outputs() {
        return outputs;
    }

    @Override
    List<float[]> run(Inputs inputs, int rows, List<ModelOutput> wanted) {
        try (NDManager batch = manager.newSubManager()) {
            NDList arguments = new NDList(input().array(batch, memory, inputs, rows)).addAll(tensors);
            try (NDList results = module.call(GraphScript.EVALUATE, arguments, false)) {
                return wanted.stream()
                        .map(output ->
                                results.get(places.indexOf(output.name())).toFloatArray())
                        .toList();
            }
        }
    }

    @Override
    void release() {
        module.close();
        manager.close();
    }
}
