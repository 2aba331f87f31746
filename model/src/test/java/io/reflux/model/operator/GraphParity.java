package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs graphs of any inputs and outputs in ONNX Runtime and in libtorch, and compares types, shapes and values. */
public final class GraphParity {

    private static final double TOLERANCE = 1e-4;

    private GraphParity() {}

    /** Compares all outputs for these inputs, given by name. */
    public static void assertSame(ModelGraph graph, GraphTensor... inputs) {
        List<GraphTensor> expected = reference(graph, inputs);
        List<GraphTensor> actual = torch(graph, inputs);
        for (int i = 0; i < expected.size(); i++) {
            assertSame(expected.get(i), actual.get(i));
        }
    }

    private static void assertSame(GraphTensor expected, GraphTensor actual) {
        assertThat(actual.describe()).as(expected.name()).isEqualTo(expected.describe());
        if (!expected.type().isFloatingPoint()) {
            assertThat(actual.longs()).as(expected.name()).containsExactly(expected.longs());
            return;
        }
        float[] e = expected.floats();
        float[] a = actual.floats();
        for (int i = 0; i < e.length; i++) {
            if (!Float.isFinite(e[i])) {
                assertThat(a[i]).as("%s[%d]", expected.name(), i).isEqualTo(e[i]);
            } else {
                assertThat((double) a[i])
                        .as("%s[%d]", expected.name(), i)
                        .isCloseTo(e[i], within(TOLERANCE * Math.max(0.1, Math.abs(e[i]))));
            }
        }
    }

    /** What ONNX Runtime makes of the inputs, in the order of the graph's outputs. */
    public static List<GraphTensor> reference(ModelGraph graph, GraphTensor... inputs) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> feeds = new HashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            for (GraphTensor input : inputs) {
                ByteBuffer values = ByteBuffer.allocateDirect(input.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
                values.put(input.buffer()).flip();
                OnnxJavaType type = OnnxJavaType.valueOf(input.type().name());
                feeds.put(input.name(), OnnxTensor.createTensor(environment, values, input.shape(), type));
            }
            try (OrtSession session = environment.createSession(graph.toByteArray(), options);
                    OrtSession.Result result = session.run(feeds)) {
                List<GraphTensor> outputs = new ArrayList<>();
                result.forEach(entry -> {
                    OnnxTensor value = (OnnxTensor) entry.getValue();
                    ElementType type = ElementType.valueOf(value.getInfo().type.name());
                    outputs.add(
                            GraphTensor.of(entry.getKey(), type, value.getInfo().getShape(), value.getByteBuffer()));
                });
                return outputs;
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    /** What the compiled graph makes of the inputs, in the order of the graph's outputs. */
    public static List<GraphTensor> torch(ModelGraph graph, GraphTensor... inputs) {
        GraphScript script = GraphCompiler.compile(graph);
        Map<String, GraphTensor> byName = new HashMap<>();
        for (GraphTensor input : inputs) {
            byName.put(input.name(), input);
        }
        List<GraphTensor> inOrder =
                graph.inputs().stream().map(input -> byName.get(input.name())).toList();
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ScriptModule module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(""))) {
            NDList parameters = TorchTensors.create(manager, script.parameters());
            NDList buffers = TorchTensors.create(manager, script.buffers());
            ScriptModule.asList(parameters, "p");
            ScriptModule.asList(buffers, "b");
            NDList arguments =
                    TorchTensors.create(manager, inOrder).addAll(parameters).addAll(buffers);
            try (NDList results = module.call(GraphScript.EVALUATE, arguments, false)) {
                List<GraphTensor> outputs = new ArrayList<>();
                for (int i = 0; i < results.size(); i++) {
                    outputs.add(tensor(script.outputs().get(i), results.get(i)));
                }
                return outputs;
            }
        }
    }

    private static GraphTensor tensor(String name, NDArray array) {
        ElementType type = switch (array.getDataType()) {
            case FLOAT32 -> ElementType.FLOAT;
            case FLOAT64 -> ElementType.DOUBLE;
            case INT64 -> ElementType.INT64;
            case INT32 -> ElementType.INT32;
            case INT8 -> ElementType.INT8;
            case UINT8 -> ElementType.UINT8;
            case BOOLEAN -> ElementType.BOOL;
            default -> throw new IllegalArgumentException(array.getDataType().toString());
        };
        return GraphTensor.of(name, type, array.getShape().getShape(), array.toByteBuffer());
    }
}
