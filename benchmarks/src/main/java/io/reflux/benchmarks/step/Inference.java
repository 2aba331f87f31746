package io.reflux.benchmarks.step;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;

/** A network that only answers, from Reflux's path or from ONNX Runtime. */
final class Inference implements Contender {

    private final String name;
    private final InferenceModel model;
    private final Inputs inputs;
    private final int batch;

    private Inference(String name, InferenceModel model, Workload workload) {
        this.name = name;
        this.model = model;
        this.inputs = workload.inputs();
        this.batch = workload.batch();
    }

    static Inference reflux(ModelGraph graph, Workload workload) {
        return new Inference("Reflux", TorchGraphModel.open(graph, "cpu"), workload);
    }

    static Inference onnxRuntime(ModelGraph graph, Workload workload, int threads) {
        return new Inference("ONNX Runtime", OnnxRuntimeModel.open(graph, threads), workload);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double run(int steps, Clock clock) {
        double begin = clock.seconds();
        for (int i = 0; i < steps; i++) {
            model.logits(inputs, batch);
        }
        return clock.seconds() - begin;
    }

    @Override
    public void close() {
        model.close();
    }
}
