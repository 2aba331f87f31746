package io.reflux.model.step;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.precision.Precision;
import io.reflux.model.script.BatchMemory;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.Kernels;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchDevice;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains the parameters of a graph until its first output is near given values, from samples that all lie in the device's
 * memory. Its other outputs are shares in [0, 1], pulled to 0 or 1 by weight · Σ (1 − |2·share − 1|^power) (Nagel et al.
 * 2020, arXiv:2004.10568, eq. 24). The optimiser is Adam.
 *
 * <p>The same graph, samples and steps give the same parameters, bit for bit on one machine with one number of threads.
 * Owns native memory: whoever opened it closes it. Not thread-safe.
 */
public final class ReconstructionStep implements AutoCloseable {

    /** Samples that are evaluated in one call. */
    private static final int EVALUATED = 128;

    private final NDManager manager;
    private final ScriptModule module;
    private final TrainedTensors tensors;
    private final BatchMemory hyperMemory = new BatchMemory();
    private final BatchMemory indexMemory = new BatchMemory();
    private final NDArray samples;
    private final NDArray targets;
    private long updates;

    private ReconstructionStep(
            GraphScript script, ReconstructionLoss loss, NDManager manager, Samples samples, Samples targets) {
        this.manager = manager;
        StepOptions options = StepOptions.DEFAULT;
        UpdateRule rule = UpdateRule.of(AdamW.withWeightDecay(0));
        List<ParameterGroup> groups = ParameterGroup.split(script.parameters(), options);
        UpdateBlock update = new UpdateBlock(options, rule, groups);
        this.module = ScriptModule.load(manager, GraphScript.CLASS, ReconstructionScript.of(script, loss, update));
        this.tensors = new TrainedTensors(script, groups, rule, options, manager);
        this.samples = samples.array(manager);
        this.targets = targets.array(manager);
    }

    /** Values of all samples, which go to the device once. */
    @FunctionalInterface
    public interface Samples {

        /** Makes the array N×…, which the manager closes. */
        NDArray array(NDManager manager);
    }

    /**
     * Compiles a graph of one input.
     *
     * @param device {@code cpu}, {@code cuda}, {@code cuda:N} or {@code auto}
     * @param samples of the input
     * @param targets what the first output shall be, as many as samples
     * @throws ModelException if the graph has unsupported operators, or nothing to train
     */
    public static ReconstructionStep open(
            ModelGraph graph, ReconstructionLoss loss, String device, Samples samples, Samples targets) {
        Device target = TorchDevice.of(device);
        GraphScript script = GraphCompiler.compile(GraphContext.of(graph), Precision.FP32, Set.of(), Kernels.LIBTORCH);
        if (script.parameters().isEmpty()) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, graph.source() + ": no parameter trains (expected: one)");
        }
        NDManager manager = NDManager.newBaseManager(target, "PyTorch");
        try {
            return new ReconstructionStep(script, loss, manager, samples, targets);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** Samples there are. */
    public long numSamples() {
        return samples.getShape().get(0);
    }

    /**
     * Makes one step.
     *
     * @param rows the samples of this step, each in [0, numSamples)
     * @param learningRate &ge; 0
     * @param weight of the pull to 0 and 1, &ge; 0
     * @param power of the pull, &ge; 1: the larger, the more only what is near 0 or 1 is pulled
     * @return the loss before the update, without the pull
     * @throws NonFiniteLossException if the loss is NaN or infinite; the parameters are then unchanged
     */
    public double run(long[] rows, double learningRate, double weight, double power) {
        Ranges.requireNonNegative("learningRate", learningRate);
        Ranges.requireNonNegative("weight", weight);
        double loss;
        try (NDManager batch = manager.newSubManager();
                NDManager host = module.newHostManager()) {
            NDList arguments = samples(batch, rows);
            double[] hyper = {learningRate, updates + 1, weight, power};
            arguments.add(hyperMemory.array(host, hyper, new Shape(hyper.length)));
            tensors.addTo(arguments);
            try (NDList results = module.call(ReconstructionScript.STEP, arguments, true)) {
                loss = results.singletonOrThrow().toDoubleArray()[0];
            }
        }
        if (!Double.isFinite(loss)) {
            throw new NonFiniteLossException(updates, loss);
        }
        updates++;
        return loss;
    }

    /** The loss over all samples, without the pull. */
    public double loss() {
        double sum = 0;
        long count = numSamples();
        for (long from = 0; from < count; from += EVALUATED) {
            long[] rows = new long[(int) Math.min(EVALUATED, count - from)];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = from + i;
            }
            try (NDManager batch = manager.newSubManager()) {
                NDList arguments = samples(batch, rows);
                tensors.addEvaluatedTo(arguments);
                try (NDList results = module.call(ReconstructionScript.ERROR, arguments, false)) {
                    sum += results.singletonOrThrow().toDoubleArray()[0] * rows.length;
                }
            }
        }
        return sum / count;
    }

    private NDList samples(NDManager batch, long[] rows) {
        return new NDList(samples, targets, indexMemory.array(batch, rows, new Shape(rows.length)));
    }

    /** The parameters, by name. */
    public Map<String, GraphTensor> parameters() {
        return tensors.graphTensors();
    }

    /**
     * Goes on with other parameters; the optimiser's moments stay.
     *
     * @param values of all parameters, by name
     */
    public void set(Map<String, float[]> values) {
        Map<String, float[]> state = tensors.copy();
        values.forEach((name, floats) -> state.put("parameter/" + name, floats));
        tensors.restore(state, module);
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}
