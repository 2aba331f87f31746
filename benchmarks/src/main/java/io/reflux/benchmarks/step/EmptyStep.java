package io.reflux.benchmarks.step;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.SampleInput;
import io.reflux.model.script.BatchMemory;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.util.Arrays;
import java.util.List;

/**
 * All that Java does in a step, and a script that does nothing: the arguments of {@code TrainStep} with momentum (batch,
 * teacher's logits, labels, numbers, and weights, buffers and momentum as lists) go in, seven numbers come out.
 */
final class EmptyStep implements Contender {

    private static final int NUMBERS = 6;

    private final Workload workload;
    private final Inputs inputs;
    private final float[] teacherLogits;
    private final long[] labels;
    private final SampleInput sample;
    private final NDManager manager;
    private final ScriptModule module;
    private final NDList tensors = new NDList();
    private final List<BatchMemory> memories =
            List.of(new BatchMemory(), new BatchMemory(), new BatchMemory(), new BatchMemory());

    EmptyStep(Workload workload) {
        this.workload = workload;
        this.inputs = workload.inputs();
        this.teacherLogits = workload.teacherLogits();
        this.labels = Arrays.stream(workload.labels()).asLongStream().toArray();
        this.sample = SampleInput.of(workload.network().graph());
        GraphScript graph =
                GraphCompiler.compile(GraphContext.of(workload.network().graph()));
        this.manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        boolean buffered = !graph.buffers().isEmpty();
        this.module = ScriptModule.load(manager, "Empty", """
                class Empty(Module):
                  __parameters__ = []
                  __buffers__ = []
                  def step(self: __torch__.Empty, x: Tensor, q: Tensor, y: Tensor, hyper: Tensor, p: List[Tensor], %sw: List[Tensor], m: List[Tensor]) -> Tensor:
                    return torch.narrow(hyper, 0, 0, 6)
                """.formatted(buffered ? "b: List[Tensor], " : ""));
        add(TorchTensors.create(manager, graph.parameters()), "p");
        add(TorchTensors.create(manager, graph.buffers()), "b");
        add(TorchTensors.create(manager, graph.parameters()), "w");
        add(TorchTensors.create(manager, graph.parameters()), "m");
    }

    private void add(NDList arrays, String name) {
        ScriptModule.asList(arrays, name);
        tensors.addAll(arrays);
    }

    @Override
    public String name() {
        return "Java";
    }

    @Override
    public double run(int steps, Clock clock) {
        double begin = clock.seconds();
        for (int i = 0; i < steps; i++) {
            step();
        }
        return clock.seconds() - begin;
    }

    private double step() {
        try (NDManager batch = manager.newSubManager();
                NDManager host = module.newHostManager()) {
            NDList arguments = new NDList();
            arguments.add(sample.array(batch, memories.get(0), inputs, workload.batch()));
            Shape logits = new Shape(workload.rows(), workload.network().classes());
            arguments.add(memories.get(1).array(batch, teacherLogits, logits));
            arguments.add(memories.get(2).array(batch, labels, new Shape(labels.length)));
            arguments.add(memories.get(3).array(host, new double[NUMBERS], new Shape(NUMBERS)));
            arguments.addAll(tensors);
            try (NDList results = module.call("step", arguments, true)) {
                NDArray result = results.singletonOrThrow();
                return result.toDoubleArray()[0];
            }
        }
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}
