package io.reflux.model.summary;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModelSummaryTest {

    @Test
    void leNet5_costsAreThoseOfItsShapes() {
        ModelGraph graph = Zoo.build(ZooSpec.of("lenet-5"));
        ModelSummary summary = ModelSummary.of(graph);

        // conv1: 20·24² outputs of 25; conv2: 50·8² of 20·25; fc1: 800·500; fc2: 500·10.
        assertThat(summary.layers())
                .filteredOn(layer -> layer.multiplyAccumulates() > 0)
                .extracting(LayerSummary::multiplyAccumulates)
                .containsExactly(288_000L, 1_600_000L, 400_000L, 5_000L);
        assertThat(summary.multiplyAccumulates()).isEqualTo(2_293_000);
        assertThat(summary.parameters()).isEqualTo(431_080);
        assertThat(summary.parameterBytes()).isEqualTo(4 * 431_080);
        assertThat(summary.fileBytes()).isEqualTo(graph.toByteArray().length);
        assertThat(summary.digest()).isEqualTo(graph.digest());
    }

    @Test
    void sharedAndUntrainedTensors_areCountedOnceAndApart() {
        ModelGraph graph = ModelGraph.builder("shared")
                .input("x", ElementType.FLOAT, -1, 3)
                .initializer(GraphTensor.of("w", new long[] {3, 3}, new float[9]))
                .initializer(GraphTensor.of("s", new long[] {3}, new float[3]))
                .initializer(GraphTensor.of("m", new long[] {3}, new float[3]))
                .node("MatMul", "first", List.of("x", "w"), List.of("a"))
                .node("MatMul", "second", List.of("a", "w"), List.of("b"))
                .node("BatchNormalization", "norm", List.of("b", "s", "s", "m", "m"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, 3)
                .build();

        ModelSummary summary = ModelSummary.of(graph);

        assertThat(summary.parameters()).isEqualTo(12);
        assertThat(summary.buffers()).isEqualTo(3);
        assertThat(summary.layers()).extracting(LayerSummary::parameters).containsExactly(9L, 0L, 3L);
    }

    /** 64 to 10, its weights in one byte each; the scale and the zero point are no weights. */
    @Test
    void weightsInIntegers_areCountedAsStored() {
        ModelGraph graph = ModelGraph.builder("integers")
                .input("x", ElementType.FLOAT, -1, 64)
                .initializer(GraphTensor.of("q", ElementType.INT8, new long[] {10, 64}, new long[640]))
                .initializer(GraphTensor.of("scale", new long[0], new float[] {0.5f}))
                .initializer(GraphTensor.of("b", new long[] {10}, new float[10]))
                .node("DequantizeLinear", "weight", List.of("q", "scale"), List.of("w"))
                .node("Gemm", "fc", List.of("x", "w", "b"), List.of("y"), Attributes.NONE.withInt("transB", 1))
                .output("y", ElementType.FLOAT, -1, 10)
                .build();

        ModelSummary summary = ModelSummary.of(graph);

        assertThat(summary.layers()).extracting(LayerSummary::parameters).containsExactly(640L, 10L);
        assertThat(summary.layers()).extracting(LayerSummary::parameterBytes).containsExactly(640L, 40L);
        assertThat(summary.multiplyAccumulates()).isEqualTo(640);
    }

    @Test
    void toText_isATable() {
        ModelSummary summary = ModelSummary.of(Zoo.build(ZooSpec.of("mlp").withHidden(20)));

        assertThat(summary.toText()).isEqualTo("""
                        layer    operator  output  parameters   bytes    MACs
                        flatten  Flatten   Bx784            0       0       0
                        fc1      Gemm      Bx20        15,700  62,800  15,680
                        relu1    Relu      Bx20             0       0       0
                        fc2      Gemm      Bx10           210     840     200
                        total                          15,910  63,640  15,880
                        file %,d bytes, operator set 17
                        sha256 %s""", summary.fileBytes(), summary.digest());
    }

    /** The builder calls the second axis of x "x_1"; two of them in a row are twice as long. */
    @Test
    void toText_freeSizesBesideTheBatch_haveTheirNames() {
        ModelGraph graph = ModelGraph.builder("free")
                .input("x", ElementType.FLOAT, -1, -1, 4)
                .node("Relu", "relu", List.of("x"), List.of("r"))
                .node("Concat", "twice", List.of("r", "r"), List.of("y"), Attributes.NONE.withInt("axis", 1))
                .output("y", ElementType.FLOAT, -1, -1, 4)
                .build();

        assertThat(ModelSummary.of(graph).layers())
                .extracting(LayerSummary::outputSizes)
                .containsExactly(List.of("B", "x_1", "4"), List.of("B", "(2*x_1)", "4"));
    }
}
