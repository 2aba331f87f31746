package io.reflux.model.operator;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a graph of any inputs and outputs in ONNX Runtime. */
final class OnnxRuntimeEngine {

    private OnnxRuntimeEngine() {}

    static List<Elements> run(ModelGraph graph, Collection<GraphTensor> inputs) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> fed = new LinkedHashMap<>();
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            for (GraphTensor input : inputs) {
                fed.put(input.name(), tensor(environment, input));
            }
            List<Elements> outputs = new ArrayList<>();
            try (OrtSession session = environment.createSession(graph.toByteArray(), options);
                    OrtSession.Result result = session.run(fed)) {
                for (Map.Entry<String, OnnxValue> output : result) {
                    outputs.add(Elements.of((OnnxTensor) output.getValue()));
                }
            }
            return outputs;
        } catch (OrtException e) {
            throw new IllegalArgumentException("ONNX Runtime refuses the graph: " + e.getMessage(), e);
        } finally {
            fed.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, GraphTensor tensor) throws OrtException {
        return switch (tensor.type()) {
            case FLOAT -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(tensor.floats()), tensor.shape());
            case INT64 -> OnnxTensor.createTensor(environment, LongBuffer.wrap(tensor.longs()), tensor.shape());
            case INT32 -> {
                IntBuffer values = IntBuffer.allocate(tensor.size());
                for (long value : tensor.longs()) {
                    values.put((int) value);
                }
                yield OnnxTensor.createTensor(environment, values.flip(), tensor.shape());
            }
            case BOOL, INT8, UINT8 -> {
                ByteBuffer values = ByteBuffer.allocateDirect(tensor.size()).order(ByteOrder.nativeOrder());
                for (long value : tensor.longs()) {
                    values.put((byte) value);
                }
                yield OnnxTensor.createTensor(
                        environment,
                        values.flip(),
                        tensor.shape(),
                        OnnxJavaType.valueOf(tensor.type().name()));
            }
            default -> throw new IllegalArgumentException(tensor + " is no input of this test");
        };
    }
}
