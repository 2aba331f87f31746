package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.function.Consumer;

/** Small graphs for tests, and a way to break them that the builder would refuse. */
final class TestGraphs {

    private TestGraphs() {}

    /** y = relu(x · w′ + b) for x: batch × 3, w: 2 × 3. */
    static ModelGraph linear() {
        return ModelGraph.builder("linear")
                .input("x", ElementType.FLOAT, -1, 3)
                .initializer(GraphTensor.of("w", new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6}))
                .initializer(GraphTensor.of("b", new long[] {2}, new float[] {0.5f, -0.5f}))
                .node("Gemm", "fc", List.of("x", "w", "b"), List.of("h"), Attributes.NONE.withInt("transB", 1))
                .node("Relu", "relu", List.of("h"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, 2)
                .metadata("reflux.classes", "2")
                .build();
    }

    /** The bytes of {@link #linear} after an edit of its message. */
    static byte[] broken(Consumer<ModelProto.Builder> edit) {
        try {
            ModelProto.Builder model = ModelProto.parseFrom(linear().toByteArray()).toBuilder();
            edit.accept(model);
            return model.build().toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
