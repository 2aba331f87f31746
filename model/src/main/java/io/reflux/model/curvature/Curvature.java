package io.reflux.model.curvature;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.precision.Precision;
import io.reflux.model.runtime.ClassifierSignature;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.script.BatchMemory;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.Kernels;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Traces of the Hessian of a classifier's loss, one for each of some parameters, by Hutchinson's estimate: the mean of vᵀHv over
 * vectors v of +1 and −1 (Dong et al. 2020, HAWQ-V2, arXiv:1911.03852, sec. 3). Hv comes from a second backward pass; where
 * libtorch has none, as of fused attention, from the central difference of gradients at W ± εv, ε = 0.003 · rms(W).
 *
 * <p>The loss is the mean over samples, and over their positions, of KL(softTargets ‖ softmax(logits)), where softTargets are
 * the model's own answers: its gradient is 0 and its Hessian the Fisher information. It needs no labels, and its quadratic
 * form is what the divergence begins like when weights are changed: KL ≈ ½ δᵀHδ. All parameters are probed by one v
 * together; products between different ones have mean 0.
 *
 * <p>In evaluation mode, in fp32, on the CPU. Owns native memory: whoever opened it closes it. Not thread-safe.
 */
public final class Curvature implements AutoCloseable {

    private static final String METHOD = "curvature";

    private static final String TARGETS = "targets";

    private static final String SLOPES = "slopes";

    /** Of the weights' root mean square. */
    private static final double STEP = 0.003;

    private final ClassifierSignature signature;
    private final GraphScript script;
    private final NDManager manager;
    private final ScriptModule module;
    private final NDList parameters;
    private final NDList buffers;
    private final BatchMemory memory = new BatchMemory();
    private boolean differentiableTwice = true;

    private Curvature(ClassifierSignature signature, GraphScript script, NDManager manager) {
        this.signature = signature;
        this.script = script;
        this.manager = manager;
        this.module = ScriptModule.load(
                manager, GraphScript.CLASS, script.classWith(method(script) + targets(script) + slopes(script)));
        this.parameters = TorchTensors.create(manager, script.parameters());
        this.buffers = TorchTensors.create(manager, script.buffers());
        ScriptModule.asList(parameters, "p");
        ScriptModule.asList(buffers, "b");
        parameters.forEach(parameter -> parameter.setRequiresGradient(true));
    }

    /**
     * Compiles a classifier.
     *
     * @param names parameters to probe, at least one
     * @throws ModelException if the graph is no classifier, has unsupported operators, or no such parameter
     */
    public static Curvature of(ModelGraph graph, Collection<String> names) {
        GraphContext context = GraphContext.of(graph);
        Set<String> known = context.roles().entrySet().stream()
                .filter(entry -> entry.getValue() == InitializerRole.PARAMETER)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        for (String name : names) {
            if (!known.contains(name)) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        graph.source() + ": " + name + " (expected: a parameter that trains)");
            }
        }
        Set<String> frozen =
                known.stream().filter(name -> !names.contains(name)).collect(Collectors.toSet());
        GraphScript script = GraphCompiler.compile(context, Precision.FP32, frozen, Kernels.LIBTORCH);
        ClassifierSignature signature = ClassifierSignature.of(context);
        NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        try {
            return new Curvature(signature, script, manager);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** A method that takes the graph's inputs, one v for each parameter, and its tensors, and gives each vᵢᵀ(Hv)ᵢ. */
    private static String method(GraphScript script) {
        int numParameters = script.parameters().size();
        StringBuilder text = new StringBuilder();
        text.append("  def " + METHOD + "(self: __torch__." + GraphScript.CLASS + ", " + script.inputSignature()
                + ", v: List[Tensor]" + script.tensorSignature() + ") -> Tensor:\n");
        line(text, "_0 = torch.set_grad_enabled(True)");
        line(text, "outputs = (self)." + GraphScript.EVALUATE + "(" + script.arguments() + ")");
        line(text, "logs = torch.log_softmax(torch.flatten(outputs[0], 0, -2), -1)");
        line(text, "targets = torch.detach(torch.exp(logs))");
        line(text, "loss = torch.neg(torch.div(torch.sum(torch.mul(targets, logs)), torch.size(logs, 0)))");
        line(text, "g = torch.autograd.grad([loss], p, None, True, True, True)");
        line(text, "dot = torch.zeros_like(loss)");
        for (int i = 0; i < numParameters; i++) {
            line(text, "g" + i + " = unchecked_cast(Tensor, g[" + i + "])");
            line(text, "dot = torch.add(dot, torch.sum(torch.mul(g" + i + ", v[" + i + "])))");
        }
        line(text, "h = torch.autograd.grad([dot], p, None, False, False, True)");
        returnProducts(text, "h", numParameters);
        return text.toString();
    }

    /** Lines that give the inner product of each of a list of gradients with its v. */
    private static void returnProducts(StringBuilder text, String gradients, int numParameters) {
        List<String> products = new ArrayList<>();
        for (int i = 0; i < numParameters; i++) {
            String gradient = gradients + i;
            line(text, gradient + " = unchecked_cast(Tensor, " + gradients + "[" + i + "])");
            line(text, "r" + i + " = torch.sum(torch.mul(" + gradient + ", v[" + i + "]))");
            products.add("r" + i);
        }
        line(text, "return torch.stack([" + String.join(", ", products) + "])");
    }

    /** A method that takes the graph's inputs and tensors and gives its answers. */
    private static String targets(GraphScript script) {
        StringBuilder text = new StringBuilder();
        text.append("  def " + TARGETS + "(self: __torch__." + GraphScript.CLASS + ", " + script.inputSignature()
                + script.tensorSignature() + ") -> Tensor:\n");
        line(text, "outputs = (self)." + GraphScript.EVALUATE + "(" + script.arguments() + ")");
        line(text, "return torch.detach(torch.softmax(torch.flatten(outputs[0], 0, -2), -1))");
        return text.toString();
    }

    /** A method that takes the graph's inputs, answers, one v for each parameter, and its tensors, and gives each vᵢᵀgᵢ. */
    private static String slopes(GraphScript script) {
        StringBuilder text = new StringBuilder();
        text.append("  def " + SLOPES + "(self: __torch__." + GraphScript.CLASS + ", " + script.inputSignature()
                + ", targets: Tensor, v: List[Tensor]" + script.tensorSignature() + ") -> Tensor:\n");
        line(text, "_0 = torch.set_grad_enabled(True)");
        line(text, "outputs = (self)." + GraphScript.EVALUATE + "(" + script.arguments() + ")");
        line(text, "logs = torch.log_softmax(torch.flatten(outputs[0], 0, -2), -1)");
        line(text, "loss = torch.neg(torch.div(torch.sum(torch.mul(targets, logs)), torch.size(logs, 0)))");
        line(text, "g = torch.autograd.grad([loss], p)");
        returnProducts(text, "g", script.parameters().size());
        return text.toString();
    }

    private static void line(StringBuilder text, String statement) {
        text.append("    ").append(statement).append('\n');
    }

    /**
     * Probes a batch with one random v.
     *
     * @param inputs B×E elements, row-major, of the type the graph takes
     * @param rows B, &gt; 0
     * @param seed of v
     * @return vᵢᵀ(Hv)ᵢ by parameter: an estimate of the trace, which may be negative
     * @throws ModelException if the inputs do not fit
     */
    public Map<String, Double> probe(Inputs inputs, int rows, long seed) {
        Random random = new Random(seed);
        List<float[]> vectors = new ArrayList<>();
        for (GraphTensor parameter : script.parameters()) {
            float[] vector = new float[Math.toIntExact(parameter.size())];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = random.nextBoolean() ? 1 : -1;
            }
            vectors.add(vector);
        }
        return products(inputs, rows, vectors);
    }

    /** As {@link #probe}, with a given v, in the order of {@link #names}. */
    Map<String, Double> products(Inputs inputs, int rows, List<float[]> vectors) {
        signature.input().requireBatch(inputs, rows);
        double[] products = differentiableTwice ? exact(inputs, rows, vectors) : null;
        if (products == null) {
            differentiableTwice = false;
            products = differences(inputs, rows, vectors);
        }
        Map<String, Double> result = new LinkedHashMap<>();
        for (int i = 0; i < products.length; i++) {
            result.put(script.parameters().get(i).name(), products[i]);
        }
        return result;
    }

    /** By a second backward pass; null where libtorch has none of an operator of the graph. */
    private double @Nullable [] exact(Inputs inputs, int rows, List<float[]> vectors) {
        try (NDManager batch = manager.newSubManager()) {
            NDList arguments = new NDList(signature.input().array(batch, memory, inputs, rows));
            arguments.addAll(arrays(batch, vectors, "v"));
            return call(METHOD, arguments, parameters);
        } catch (EngineException e) {
            return null;
        }
    }

    /** By gradients at W + εv and W − εv. */
    double[] differences(Inputs inputs, int rows, List<float[]> vectors) {
        double step = step();
        try (NDManager batch = manager.newSubManager()) {
            NDArray x = signature.input().array(batch, memory, inputs, rows);
            NDList answered = new NDList(x).addAll(parameters).addAll(buffers);
            try (NDList targets = module.call(TARGETS, answered, true)) {
                double[] above = slopes(batch, x, targets.singletonOrThrow(), vectors, step);
                double[] below = slopes(batch, x, targets.singletonOrThrow(), vectors, -step);
                for (int i = 0; i < above.length; i++) {
                    above[i] = (above[i] - below[i]) / (2 * step);
                }
                return above;
            }
        }
    }

    private double[] slopes(NDManager batch, NDArray x, NDArray targets, List<float[]> vectors, double step) {
        List<float[]> moved = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            float[] values = script.parameters().get(i).floats();
            for (int j = 0; j < values.length; j++) {
                values[j] += (float) (step * vectors.get(i)[j]);
            }
            moved.add(values);
        }
        NDList weights = arrays(batch, moved, "p");
        weights.forEach(weight -> weight.setRequiresGradient(true));
        return call(SLOPES, new NDList(x, targets).addAll(arrays(batch, vectors, "v")), weights);
    }

    private double[] call(String method, NDList arguments, NDList weights) {
        NDList all = new NDList(arguments).addAll(weights).addAll(buffers);
        try (NDList results = module.call(method, all, true)) {
            float[] products = results.singletonOrThrow().toFloatArray();
            double[] wide = new double[products.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = products[i];
            }
            return wide;
        }
    }

    private NDList arrays(NDManager batch, List<float[]> values, String name) {
        NDList arrays = new NDList();
        for (int i = 0; i < values.size(); i++) {
            Shape shape = new Shape(script.parameters().get(i).shape());
            arrays.add(batch.create(values.get(i), shape));
        }
        ScriptModule.asList(arrays, name);
        return arrays;
    }

    private double step() {
        double squares = 0;
        long elements = 0;
        for (GraphTensor parameter : script.parameters()) {
            for (float value : parameter.floats()) {
                squares += (double) value * value;
            }
            elements += parameter.size();
        }
        return Math.max(1e-6, STEP * Math.sqrt(squares / elements));
    }

    /** The parameters that are probed, in the order of the graph. */
    public List<String> names() {
        return script.parameters().stream().map(GraphTensor::name).toList();
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}
