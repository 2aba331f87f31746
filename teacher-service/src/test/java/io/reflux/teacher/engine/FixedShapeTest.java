package io.reflux.teacher.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With one shape of batch a sample's logits are the same bits in any company and in any row. */
final class FixedShapeTest {

    private static final int CASES = 40;

    @AfterEach
    void oneThread() {
        threads(1);
    }

    private static void threads(int threads) {
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
    }

    private static InferenceModel open(String engine, String network, int threads) {
        ModelGraph graph = Zoo.build(ZooSpec.of(network));
        threads(threads);
        return engine.equals("libtorch") ? TorchGraphModel.open(graph, "cpu") : OnnxRuntimeModel.open(graph, threads);
    }

    @ParameterizedTest
    @CsvSource({
        "libtorch, mlp, 1",
        "libtorch, mlp, 2",
        "libtorch, lenet-5, 1",
        "libtorch, lenet-5, 2",
        "libtorch, resnet-8, 2",
        "ONNX Runtime, mlp, 1",
        "ONNX Runtime, mlp, 2",
        "ONNX Runtime, lenet-5, 1",
        "ONNX Runtime, lenet-5, 2",
        "ONNX Runtime, resnet-8, 2",
    })
    void sample_inAnyRowAndCompany_hasTheSameBits(String engine, String network, int threads) {
        Random random = new Random(7);
        try (InferenceModel model = open(engine, network, threads)) {
            int elements = Math.toIntExact(model.sampleShape().stream().reduce(1L, (a, b) -> a * b));
            for (int rows : new int[] {1, 7, 32}) {
                float[] sample = new float[elements];
                for (int i = 0; i < elements; i++) {
                    sample[i] = (float) random.nextGaussian();
                }
                float[] inZeros = row(model, sample, new float[rows * elements], 0, rows);
                for (int i = 0; i < CASES / rows + 3; i++) {
                    // From next to nothing to far beyond pixels.
                    double scale = Math.pow(10, random.nextInt(7) - 3.0);
                    float[] batch = new float[rows * elements];
                    for (int j = 0; j < batch.length; j++) {
                        batch[j] = (float) (scale * random.nextGaussian());
                    }
                    assertThat(row(model, sample, batch, random.nextInt(rows), rows))
                            .as(rows + " rows")
                            .containsExactly(inZeros);
                }
            }
        }
    }

    private static float[] row(InferenceModel model, float[] sample, float[] batch, int row, int rows) {
        System.arraycopy(sample, 0, batch, row * sample.length, sample.length);
        int classes = model.numClasses();
        return Arrays.copyOfRange(model.logits(batch, rows), row * classes, (row + 1) * classes);
    }

    @Test
    void modelThatKeepsRowsApart_getsTheRowsThatAreWanted() {
        try (TeacherEngine engine = new TeacherEngine("mlp", open("libtorch", "mlp", 1))) {
            assertThat(FixedShape.rows(engine, 16)).isEqualTo(16);
            assertThat(FixedShape.rows(engine, 1)).isEqualTo(1);
        }
    }

    @Test
    void modelThatMixesRows_getsOneRow() {
        try (TeacherEngine engine = new TeacherEngine("mixing", new Mixing())) {
            assertThat(FixedShape.rows(engine, 16)).isEqualTo(1);
        }
    }

    /** Divides by the largest number of the whole batch, as dynamic quantisation does. */
    private static final class Mixing extends OneNumberModel {
        @Override
        public float[] logits(Inputs inputs, int rows) {
            float[] values = ((Inputs.Samples) inputs).values().clone();
            float largest = 0;
            for (float value : values) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int i = 0; i < values.length; i++) {
                values[i] /= largest;
            }
            return values;
        }
    }
}
