package io.reflux.benchmarks.networks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.reflux.model.block.GraphBlock;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares networks that {@code benchmarks/peers/networks/export.py} left in a folder: {@code NetworkParity DIR}. Logits
 * in single precision against ONNX Runtime and against PyTorch; gradients of all weights in double precision against
 * PyTorch's autograd.
 * A difference is the largest one of a tensor, divided by the tensor's largest magnitude. Markdown goes to standard output;
 * the exit status is 1 if a logit is off by more than 1e-4, a gradient by more than 1e-3, or a network is refused.
 */
public final class NetworkParity {

    private static final double LOGIT_LIMIT = 1e-4;
    private static final double GRADIENT_LIMIT = 1e-3;
    /** A gradient this much smaller than the network's largest is zero but for rounding (a bias before a norm). */
    private static final double NEGLIGIBLE = 1e-9;

    private static final double NOT_TRAINED = 1;
    private static final String PEER = ".npz";

    private final PrintStream out;
    private int failures;

    private NetworkParity(PrintStream out) {
        this.out = out;
    }

    /** Compares every network of the folder. */
    public static void main(String[] args) throws IOException, OrtException {
        if (args.length != 1) {
            System.err.println("usage: benchmarks/run networks.NetworkParity DIR   (DIR: as export.py leaves it)");
            System.exit(2);
        }
        NetworkParity parity = new NetworkParity(new PrintStream(System.out, true, StandardCharsets.UTF_8));
        parity.run(Path.of(args[0]));
        System.exit(parity.failures == 0 ? 0 : 1);
    }

    private void run(Path folder) throws IOException, OrtException {
        List<Path> peers;
        try (Stream<Path> files = Files.list(folder)) {
            peers = files.filter(file -> file.toString().endsWith(PEER))
                    .sorted()
                    .toList();
        }
        out.println("| network | nodes | weights | compiled in, ms | logits: ONNX Runtime | logits: PyTorch |"
                + " gradients compared | worst gradient |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (Path peer : peers) {
            String name = peer.getFileName().toString();
            String network = name.substring(0, name.length() - PEER.length());
            try {
                compare(network, folder.resolve(network + ".onnx"), peer);
            } catch (ModelException e) {
                failures++;
                out.println("| " + network + " | refused: " + e.getMessage() + " | | | | | | |");
            }
        }
    }

    private void compare(String network, Path onnx, Path peer) throws IOException, OrtException {
        ModelGraph graph = ModelGraph.read(onnx);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            PeerFile expected = PeerFile.read(peer, manager);
            NDList inputs = inputs(graph, expected);
            long start = System.nanoTime();
            GraphBlock block = new GraphBlock(graph);
            block.initialize(
                    manager,
                    DataType.FLOAT32,
                    inputs.stream().map(NDArray::getShape).toArray(Shape[]::new));
            double compileMillis = (System.nanoTime() - start) / 1e6;
            NDArray logits = block.forward(new ParameterStore(manager, false), inputs, false)
                    .get(0);
            double runtime = difference(logits, onnxRuntime(onnx, graph, inputs, manager), Double.MIN_NORMAL);
            double torch = difference(logits, expected.logits(), Double.MIN_NORMAL);
            Map<String, Double> gradients = gradients(graph, inputs, expected, manager);
            report(network, graph, block, compileMillis, runtime, torch, gradients);
        }
    }

    private void report(
            String network,
            ModelGraph graph,
            GraphBlock block,
            double compileMillis,
            double runtime,
            double torch,
            Map<String, Double> gradients) {
        Map.Entry<String, Double> worst =
                gradients.entrySet().stream().max(Map.Entry.comparingByValue()).orElse(Map.entry("none", 0.0));
        long weights = block.getParameters().values().stream()
                .filter(Parameter::requiresGradient)
                .count();
        // Written so that NaN fails too.
        boolean good = runtime <= LOGIT_LIMIT
                && torch <= LOGIT_LIMIT
                && gradients.values().stream().allMatch(value -> value <= GRADIENT_LIMIT);
        failures += good ? 0 : 1;
        out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.0f | %.1e | %.1e | %d | %.1e %s|%s%n",
                network,
                graph.nodes().size(),
                weights,
                compileMillis,
                runtime,
                torch,
                gradients.size(),
                worst.getValue(),
                worst.getValue() <= GRADIENT_LIMIT ? "" : worst.getKey() + " ",
                good ? "" : " **beyond the limit**");
    }

    private static NDList inputs(ModelGraph graph, PeerFile expected) {
        NDList inputs = new NDList();
        for (ValueInfo input : graph.inputs()) {
            inputs.add(expected.input(input.name()));
        }
        return inputs;
    }

    private static NDArray onnxRuntime(Path onnx, ModelGraph graph, NDList inputs, NDManager manager)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> arguments = new LinkedHashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            for (int i = 0; i < inputs.size(); i++) {
                NDArray input = inputs.get(i);
                long[] shape = input.getShape().getShape();
                arguments.put(
                        graph.inputs().get(i).name(),
                        input.getDataType() == DataType.INT64
                                ? OnnxTensor.createTensor(environment, LongBuffer.wrap(input.toLongArray()), shape)
                                : OnnxTensor.createTensor(environment, FloatBuffer.wrap(input.toFloatArray()), shape));
            }
            try (OrtSession session = environment.createSession(onnx.toString(), options);
                    OrtSession.Result result = session.run(arguments)) {
                OnnxTensor logits = (OnnxTensor) result.get(0);
                float[] values = new float[logits.getFloatBuffer().remaining()];
                logits.getFloatBuffer().get(values);
                return manager.create(values, new Shape(logits.getInfo().getShape()));
            }
        } finally {
            arguments.values().forEach(OnnxTensor::close);
        }
    }

    /**
     * Relative difference of each gradient that PyTorch has; a weight that is not trained here counts as 1. In double
     * precision on both sides: in single precision a ReLU's input near 0 falls on either side of it, and PyTorch's own
     * gradients of a deep network are then off by a tenth.
     */
    private static Map<String, Double> gradients(
            ModelGraph graph, NDList inputs, PeerFile expected, NDManager manager) {
        GraphScript script = GraphCompiler.compile(graph);
        NDList arguments = doubles(inputs);
        NDList parameters = doubles(TorchTensors.create(manager, script.parameters()));
        parameters.forEach(parameter -> parameter.setRequiresGradient(true));
        arguments.addAll(named(parameters, "p"));
        arguments.addAll(named(doubles(TorchTensors.create(manager, script.buffers())), "b"));
        try (ScriptModule module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""));
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            String method = expected.training() ? GraphScript.TRAIN : GraphScript.EVALUATE;
            NDArray logits = module.call(method, arguments, true).get(0);
            collector.backward(logits.mul(expected.direction()).sum());
        }
        Map<String, NDArray> trained = new TreeMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            trained.put(script.parameters().get(i).name(), parameters.get(i).getGradient());
        }
        Map<String, Double> differences = new TreeMap<>();
        double largest = expected.gradients().values().stream()
                .mapToDouble(NetworkParity::magnitude)
                .max()
                .orElse(0);
        expected.gradients()
                .forEach((name, gradient) -> differences.put(
                        name,
                        trained.containsKey(name)
                                ? difference(trained.get(name), gradient, NEGLIGIBLE * largest)
                                : NOT_TRAINED));
        return differences;
    }

    private static NDList doubles(NDList arrays) {
        return arrays.stream()
                .map(array -> array.getDataType() == DataType.FLOAT32 ? array.toType(DataType.FLOAT64, true) : array)
                .collect(Collectors.toCollection(NDList::new));
    }

    private static NDList named(NDList arrays, String name) {
        ScriptModule.asList(arrays, name);
        return arrays;
    }

    /** Largest difference over the largest magnitude, or over {@code floor} where that is larger. */
    private static double difference(NDArray actual, NDArray expected, double floor) {
        NDArray a = actual.toType(DataType.FLOAT64, false);
        NDArray b = expected.toType(DataType.FLOAT64, false);
        return a.sub(b).abs().max().getDouble() / Math.max(magnitude(b), floor);
    }

    private static double magnitude(NDArray array) {
        return array.abs().max().toType(DataType.FLOAT64, false).getDouble();
    }
}
