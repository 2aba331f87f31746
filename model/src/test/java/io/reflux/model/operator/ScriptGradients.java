package io.reflux.model.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The training script of a graph, with its gradient by autograd and, in double precision, its value at moved leaves.
 *
 * <p>The objective is Σ weight · output over all float outputs, with weights in [-1, 1) of its own. Leaves are the float
 * inputs, then the parameters.
 */
final class ScriptGradients implements AutoCloseable {

    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final ScriptModule module;
    private final List<String> names = new ArrayList<>();
    private final List<NDArray> leaves = new ArrayList<>();
    private final NDList arguments = new NDList();

    private final DataType precision;

    ScriptGradients(ModelGraph graph, Collection<GraphTensor> inputs, Random random, DataType precision) {
        this.precision = precision;
        GraphScript script = GraphCompiler.compile(graph);
        List<String> read = new ArrayList<>();
        int position = 0;
        for (GraphTensor input : inputs) {
            NDArray array = widened(input);
            arguments.add(array);
            if (input.type() == ElementType.FLOAT) {
                read.add("x" + position);
                names.add(input.name());
                leaves.add(array);
            }
            position++;
        }
        List<NDArray> parameters = new ArrayList<>();
        for (GraphTensor parameter : script.parameters()) {
            read.add("p[" + parameters.size() + "]");
            names.add(parameter.name());
            parameters.add(widened(parameter));
        }
        leaves.addAll(parameters);
        List<NDArray> buffers = script.buffers().stream().map(this::widened).toList();
        ScriptModule.asList(parameters, "p");
        ScriptModule.asList(buffers, "b");
        arguments.addAll(new NDList(parameters));
        arguments.addAll(new NDList(buffers));
        NDArray seed = manager.create(random.nextDouble() * 3 + 1).toType(precision, true);
        arguments.add(seed);
        leaves.forEach(leaf -> leaf.setRequiresGradient(true));
        module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(methods(script, read)));
    }

    private NDArray widened(GraphTensor tensor) {
        NDArray array = TorchTensors.create(manager, List.of(tensor)).get(0);
        return tensor.type() == ElementType.FLOAT ? array.toType(precision, true) : array;
    }

    private static String methods(GraphScript script, List<String> read) {
        StringBuilder text = new StringBuilder();
        String signature = "(self: __torch__." + GraphScript.CLASS + ", " + script.inputSignature()
                + script.tensorSignature() + ", seed: Tensor) -> ";
        text.append("  def objective").append(signature).append("Tensor:\n");
        text.append("    outputs = (self).").append(GraphScript.TRAIN).append("(");
        text.append(script.arguments()).append(")\n    sum0 = torch.zeros_like(seed)\n");
        int outputs = script.outputs().size();
        for (int i = 0; i < outputs; i++) {
            // Weights without a pattern: sines of growing multiples of the seed.
            text.append("    y")
                    .append(i)
                    .append(" = torch.reshape(outputs[")
                    .append(i)
                    .append("], [-1])\n");
            text.append("    n%1$d = torch.add(torch.cumsum(torch.ones_like(y%1$d), 0), %1$d)\n".formatted(i));
            text.append("    sum%d = torch.add(sum%d, torch.sum(torch.mul(y%2$d, torch.sin(torch.mul(n%2$d, seed)))))\n"
                    .formatted(i + 1, i));
        }
        text.append("    return sum").append(outputs).append('\n');
        text.append("  def gradients").append(signature).append("List[Tensor]:\n");
        text.append("    _0 = torch.set_grad_enabled(True)\n");
        text.append("    value = (self).objective(").append(script.arguments()).append("seed, )\n");
        text.append("    g = torch.autograd.grad([value], [")
                .append(String.join(", ", read))
                .append("])\n");
        text.append("    _1 = torch.set_grad_enabled(False)\n");
        String list = String.join(
                ", ",
                IntStream.range(0, read.size())
                        .mapToObj(i -> "unchecked_cast(Tensor, g" + i + ")")
                        .toList());
        for (int i = 0; i < read.size(); i++) {
            text.append("    g%1$d = g[%1$d]\n".formatted(i));
        }
        text.append("    return annotate(List[Tensor], [").append(list).append("])\n");
        return text.toString();
    }

    int leaf(String name) {
        return names.indexOf(name);
    }

    String name(int leaf) {
        return names.get(leaf);
    }

    /** One gradient for each leaf. */
    List<Elements> gradients() {
        try (NDList results = module.call("gradients", new NDList(arguments), true)) {
            return results.stream().map((NDArray array) -> Elements.of(array)).toList();
        }
    }

    /** The objective with one element of a leaf moved by {@code step}; the leaf itself is then as before. */
    double objective(int leaf, int element, double step) {
        NDArray array = leaves.get(leaf);
        double[] before = array.toDoubleArray();
        double[] moved = before.clone();
        moved[element] += step;
        array.set(DoubleBuffer.wrap(moved));
        try (NDList results = module.call("objective", new NDList(arguments), false)) {
            return results.singletonOrThrow().toDoubleArray()[0];
        } finally {
            array.set(DoubleBuffer.wrap(before));
        }
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}
