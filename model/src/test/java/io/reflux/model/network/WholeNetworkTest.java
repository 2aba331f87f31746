package io.reflux.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
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
import io.reflux.model.frozen.FrozenEngine;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.script.Kernels;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole networks as PyTorch's two exporters write them: the logits of ONNX Runtime for two batch sizes, and a gradient for
 * every weight. That the gradients are the right ones is shown against PyTorch by {@code benchmarks/peers/networks}.
 */
final class WholeNetworkTest {

    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet18",
                "resnet50",
                "vgg11_bn",
                "mobilenet_v2",
                "mobilenet_v3_small",
                "mobilenetv3_small_050",
                "squeezenet1_1",
                "efficientnet_b0",
                "densenet121",
                "convnext_tiny",
                "vit",
                "bert",
                "distilbert",
                "gpt2"
            })
    void exported_givesTheLogitsOfOnnxRuntimeAndTrains(String network) throws IOException, OrtException {
        for (String exporter : new String[] {"torchscript", "dynamo"}) {
            String file = network + "." + exporter + ".onnx";
            byte[] bytes = NetworkSkeleton.filled(file + ".gz");
            ModelGraph graph = ModelGraph.parse(bytes, file);
            try (NDManager manager = NDManager.newBaseManager("PyTorch");
                    OrtSession session = OrtEnvironment.getEnvironment().createSession(bytes, oneThread())) {
                GraphBlock block = new GraphBlock(graph);
                block.initialize(manager, DataType.FLOAT32, new Shape(batchShape(graph, 1)));
                assertSameLogits(block, session, graph, 1, manager);
                assertSameLogits(block, session, graph, 3, manager);
                assertEveryWeightHasAGradient(block, graph, manager);
            }
        }
    }

    private static void assertSameLogits(
            GraphBlock block, OrtSession session, ModelGraph graph, int rows, NDManager manager) throws OrtException {
        NDArray input = input(graph, rows, manager);
        NDArray logits = block.forward(new ParameterStore(manager, false), new NDList(input), false)
                .get(0);
        Kernels kernels = Kernels.of(Device.cpu());
        try (OnnxTensor argument = argument(input);
                OrtSession.Result result =
                        session.run(Map.of(graph.inputs().get(0).name(), argument))) {
            OnnxTensor output = (OnnxTensor) result.get(0);
            assertThat(logits.getShape().getShape()).isEqualTo(output.getInfo().getShape());
            String what = graph.source() + ", " + rows + " rows";
            assertNear(logits.toFloatArray(), output.getFloatBuffer(), what);
            assertNear(FrozenEngine.run(graph, kernels, input, manager), output.getFloatBuffer(), what + ", frozen");
        }
    }

    private static void assertNear(float[] actual, FloatBuffer expected, String what) {
        double scale = 0;
        double worst = 0;
        for (float value : actual) {
            float other = expected.get();
            scale = Math.max(scale, Math.abs(other));
            worst = Math.max(worst, Math.abs(value - other));
        }
        assertThat(worst).as(what).isLessThanOrEqualTo(TOLERANCE * scale);
    }

    private static void assertEveryWeightHasAGradient(GraphBlock block, ModelGraph graph, NDManager manager) {
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray logits = block.forward(
                            new ParameterStore(manager, false), new NDList(input(graph, 3, manager)), true)
                    .get(0);
            collector.backward(logits.mul(logits).sum());
        }
        for (Parameter parameter : block.getParameters().values()) {
            if (parameter.requiresGradient()) {
                float largest = parameter.getArray().getGradient().abs().max().getFloat();
                assertThat(largest)
                        .as("%s: gradient of %s", graph.source(), parameter.getName())
                        .isFinite()
                        .isPositive();
            }
        }
    }

    private static NDArray input(ModelGraph graph, int rows, NDManager manager) {
        long[] shape = batchShape(graph, rows);
        int elements = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
        Random random = new Random(5);
        return graph.inputs().get(0).type() == ElementType.INT64
                ? manager.create(random.longs(elements, 1, 100).toArray(), new Shape(shape))
                : manager.create(gaussians(random, elements), new Shape(shape));
    }

    private static float[] gaussians(Random random, int elements) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static long[] batchShape(ModelGraph graph, int rows) {
        ValueInfo input = graph.inputs().get(0);
        long[] shape = input.shape().stream().mapToLong(dimension -> dimension).toArray();
        shape[0] = rows;
        return shape;
    }

    private static OnnxTensor argument(NDArray input) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = input.getShape().getShape();
        return input.getDataType() == DataType.INT64
                ? OnnxTensor.createTensor(environment, LongBuffer.wrap(input.toLongArray()), shape)
                : OnnxTensor.createTensor(environment, FloatBuffer.wrap(input.toFloatArray()), shape);
    }

    private static OrtSession.SessionOptions oneThread() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        return options;
    }
}
