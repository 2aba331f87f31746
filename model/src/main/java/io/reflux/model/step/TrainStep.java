package io.reflux.model.step;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.NamePatterns;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.runtime.ClassifierSignature;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.script.BatchMemory;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.Kernels;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchDevice;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Trains one graph: each {@link #run} is a forward pass, loss, backward pass and update in a single call into
 * libtorch.
 *
 * <p>Given the same graph, seed, inputs and step numbers, the weights are the same bit for bit on one machine with one
 * number of threads; dropout is seeded by the step's number, so a resumed run repeats what an unbroken one does.
 *
 * <p>Shape legend: B rows of the batch, E elements of one sample, T positions of one sample (1 for logits B×C), C
 * classes. Not thread-safe; the owner closes it.
 */
public final class TrainStep implements AutoCloseable {

    private final ModelGraph graph;
    private final StepOptions options;
    private final long seed;
    private final NDManager manager;
    private final ScriptModule module;
    private final TrainedTensors tensors;
    private final ClassifierSignature signature;
    private final BatchArguments batchArguments;
    private final BatchMemory hyperMemory = new BatchMemory();
    private long updates;
    private int pendingBatches;
    private long pendingPositions;

    private TrainStep(
            ModelGraph graph,
            ClassifierSignature signature,
            List<long[]> hintShapes,
            DistillationLoss loss,
            UpdateRule rule,
            StepOptions options,
            GraphScript script,
            NDManager manager,
            long seed) {
        this.graph = graph;
        this.signature = signature;
        this.batchArguments = new BatchArguments(signature, loss, hintShapes);
        this.options = options;
        this.seed = seed;
        this.manager = manager;
        List<ParameterGroup> groups = ParameterGroup.split(script.parameters(), options);
        UpdateBlock update = new UpdateBlock(options, rule, groups);
        this.module = ScriptModule.load(manager, GraphScript.CLASS, StepScript.of(script, loss, options, update));
        this.tensors = new TrainedTensors(script, groups, rule, options, manager);
    }

    /** As {@link #compile(ModelGraph, DistillationLoss, Optimizer, StepOptions, String, long)}, with the defaults. */
    public static TrainStep compile(
            ModelGraph graph, DistillationLoss loss, Optimizer optimizer, String device, long seed) {
        return compile(graph, loss, optimizer, StepOptions.DEFAULT, device, seed);
    }

    /**
     * Compiles a classifier's graph, whose first output is logits B×C or B×T×C and whose one input is B×sample.
     *
     * @param device {@code cpu}, {@code cuda}, {@code cuda:N} or {@code auto}
     * @param seed seed of dropout
     * @throws ModelException if the graph is not such a classifier or has unsupported operators, a pattern matches no
     *     parameter, or none is left to train
     */
    public static TrainStep compile(
            ModelGraph graph,
            DistillationLoss loss,
            Optimizer optimizer,
            StepOptions options,
            String device,
            long seed) {
        Device target = TorchDevice.of(device);
        return compile(graph, loss, optimizer, options, target, Kernels.of(target), seed);
    }

    static TrainStep compile(
            ModelGraph graph,
            DistillationLoss loss,
            Optimizer optimizer,
            StepOptions options,
            Device target,
            Kernels kernels,
            long seed) {
        GraphContext context = GraphContext.of(graph);
        GraphScript script = GraphCompiler.compileStep(context, options.precision(), frozen(context, options), kernels);
        if (script.parameters().isEmpty()) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    graph.source() + ": no parameter trains (expected: at least one that is not frozen)");
        }
        ClassifierSignature signature = ClassifierSignature.of(context);
        List<long[]> hintShapes =
                loss.hints().stream().map(hint -> shape(context, hint)).toList();
        NDManager manager = NDManager.newBaseManager(target, "PyTorch");
        try {
            return new TrainStep(
                    graph, signature, hintShapes, loss, UpdateRule.of(optimizer), options, script, manager, seed);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static long[] shape(GraphContext context, HintLoss hint) {
        ModelGraph graph = context.graph();
        boolean output = graph.outputs().stream().anyMatch(given -> given.name().equals(hint.output()));
        List<Long> shape = output ? context.shape(hint.output()) : List.of();
        if (shape.isEmpty() || shape.subList(1, shape.size()).contains(-1L)) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    graph.source() + ": hint " + hint.output() + ": " + (output ? "shape " + shape : "no output")
                            + " (expected: an output [batch, ...] with all but the batch fixed)");
        }
        return shape.stream().skip(1).mapToLong(Long::longValue).toArray();
    }

    /** The parameters that the options keep as they are. */
    static Set<String> frozen(GraphContext context, StepOptions options) {
        if (options.freeze().isEmpty()) {
            return Set.of();
        }
        return new NamePatterns("freeze", "a parameter", options.freeze())
                .select(context.roles().entrySet().stream()
                        .filter(entry -> entry.getValue() == InitializerRole.PARAMETER)
                        .map(Map.Entry::getKey)
                        .toList());
    }

    /**
     * Makes one step.
     *
     * @param inputs B×E elements, row-major, of the type the graph takes
     * @param rows B, &gt; 0
     * @param teacherLogits B×T×C, needed when the loss has a soft part, else ignored
     * @param labels B×T hard labels in [0, C), or -1 where a position does not count; at least one counts
     * @param learningRate &ge; 0
     * @param step number of this step, for dropout's seed
     * @throws NonFiniteLossException if the loss is NaN or infinite; weights and running statistics are then unchanged
     */
    public StepResult run(
            Inputs inputs, int rows, float @Nullable [] teacherLogits, int[] labels, double learningRate, long step) {
        return run(inputs, rows, teacherLogits, List.of(), labels, learningRate, step);
    }

    /**
     * As {@link #run(Inputs, int, float[], int[], double, long)}, with hints.
     *
     * @param hints one for each of the loss, of the shape of its output
     */
    public StepResult run(
            Inputs inputs,
            int rows,
            float @Nullable [] teacherLogits,
            List<float[]> hints,
            int[] labels,
            double learningRate,
            long step) {
        int counted = batchArguments.check(inputs, rows, teacherLogits, hints, labels);
        Ranges.requireNonNegative("learningRate", learningRate);
        JniUtils.setSeed(mix(seed, step));
        double[] result;
        try (NDManager batch = manager.newSubManager();
                NDManager host = module.newHostManager()) {
            NDList arguments = batchArguments.all(batch, inputs, rows, teacherLogits, hints, labels);
            double[] hyper = hyper(learningRate, counted);
            arguments.add(hyperMemory.array(host, hyper, new Shape(hyper.length)));
            tensors.addTo(arguments);
            try (NDList results = module.call(StepScript.METHOD, arguments, true)) {
                result = results.singletonOrThrow().toDoubleArray();
            }
        }
        if (!Double.isFinite(result[0])) {
            throw new NonFiniteLossException(step, result[0]);
        }
        boolean skipped = result[5] > 0;
        advance(counted, skipped);
        return new StepResult(
                result[0],
                result[1],
                result[2],
                counted,
                (int) result[3],
                (int) result[4],
                skipped,
                result[6],
                result[7]);
    }

    /** As {@link #run(Inputs, int, float[], int[], double, long)}, for a graph that takes numbers. */
    public StepResult run(
            float[] samples, int rows, float @Nullable [] teacherLogits, int[] labels, double learningRate, long step) {
        return run(Inputs.of(samples), rows, teacherLogits, labels, learningRate, step);
    }

    /**
     * Logits of the current weights in evaluation mode.
     *
     * @param inputs B×E elements, row-major, of the type the graph takes
     * @return B×T×C logits, row-major
     */
    public float[] logits(Inputs inputs, int rows) {
        signature.input().requireBatch(inputs, rows);
        if (rows == 0) {
            return new float[0];
        }
        try (NDManager batch = manager.newSubManager()) {
            NDList arguments = batchArguments.inputs(batch, inputs, rows);
            tensors.addEvaluatedTo(arguments);
            try (NDList results = module.call(GraphScript.EVALUATE, arguments, false)) {
                return results.get(0).toFloatArray();
            }
        }
    }

    /** As {@link #logits(Inputs, int)}, for a graph that takes numbers. */
    public float[] logits(float[] samples, int rows) {
        return logits(Inputs.of(samples), rows);
    }

    /** Positions of a sample that have logits of their own, T. */
    public int positions() {
        return signature.positions();
    }

    /** The graph with the current weights, or their average where one is kept, and the running statistics; in fp32. */
    public ModelGraph export() {
        return graph.withInitializers(tensors.graphTensors());
    }

    /** A copy of all that training changes. */
    public TrainState state() {
        return new TrainState(tensors.copy(), updates, pendingBatches, pendingPositions);
    }

    /**
     * Goes back to a state.
     *
     * @throws IllegalArgumentException if the state is of another graph or optimiser; nothing is changed then
     */
    public void restore(TrainState state) {
        tensors.restore(state.tensors(), module);
        updates = state.updates();
        pendingBatches = state.pendingBatches();
        pendingPositions = state.pendingPositions();
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }

    /** What the script is told in numbers; {@link StepScript} says in which order. */
    private double[] hyper(double learningRate, int counted) {
        boolean due = pendingBatches + 1 == options.accumulate();
        return new double[] {
            learningRate,
            updates + 1,
            counted,
            pendingPositions + counted,
            due ? 1 : 0,
            options.averageShare(updates + 1)
        };
    }

    private void advance(int counted, boolean skipped) {
        pendingBatches++;
        pendingPositions += counted;
        if (pendingBatches == options.accumulate()) {
            pendingBatches = 0;
            pendingPositions = 0;
            updates += skipped ? 0 : 1;
        }
    }

    /** Spreads (seed, step) over 63 bits (Steele et al. 2014, the finaliser of SplitMix64). */
    private static long mix(long seed, long step) {
        long z = seed * 0x9E3779B97F4A7C15L + step;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) & Long.MAX_VALUE;
    }
}
