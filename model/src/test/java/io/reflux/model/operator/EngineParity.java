package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;

/** Runs graphs in ONNX Runtime and, compiled to TorchScript, in libtorch, and compares the logits. */
public final class EngineParity {

    private static final double TOLERANCE = 1e-5;

    private final Random random;

    public EngineParity(long seed) {
        this.random = new Random(seed);
    }

    /** A tensor of values in [-1, 1). */
    public GraphTensor tensor(String name, long... shape) {
        return GraphTensor.of(name, shape, values((int) LongStream.of(shape).reduce(1, (a, b) -> a * b)));
    }

    public float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    /**
     * Builds x → nodes → y, flattens y to batch × features and compares the engines on three samples.
     *
     * @param sample shape of one sample of x
     * @param nodes adds the nodes that make y from x
     */
    public void assertSame(int opset, long[] sample, Consumer<ModelGraphBuilder> nodes) {
        long[] shape =
                LongStream.concat(LongStream.of(-1), LongStream.of(sample)).toArray();
        ModelGraphBuilder builder = ModelGraph.builder("parity").opset(opset).input("x", ElementType.FLOAT, shape);
        nodes.accept(builder);
        ModelGraph open = builder.node(
                        "Flatten", "features", List.of("y"), List.of("logits"), Attributes.NONE.withInt("axis", 1))
                .output("logits", ElementType.FLOAT, -1, -1)
                .build();
        long features = ShapeInference.infer(open).get("logits").get(1);
        ModelGraph graph = builder.build();
        int rows = 3;
        float[] inputs = values(rows * (int) LongStream.of(sample).reduce(1, (a, b) -> a * b));
        try (InferenceModel reference = OnnxRuntimeModel.open(graph, 1);
                InferenceModel torch = TorchGraphModel.open(graph, "cpu")) {
            float[] expected = reference.logits(inputs, rows);
            float[] actual = torch.logits(inputs, rows);
            assertThat(expected).hasSize(rows * (int) features);
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < expected.length; i++) {
                double limit = TOLERANCE * Math.max(1, Math.abs(expected[i]));
                assertThat((double) actual[i]).as("element %d", i).isCloseTo(expected[i], within(limit));
            }
        }
    }

    private static Offset<Double> within(double limit) {
        return Offset.offset(limit);
    }
}
