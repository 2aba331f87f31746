package io.reflux.quantization.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class IntegerStorageTest {

    private static final int ROWS = 1500;

    /** y = x + scale · (codes − zeroPoint). */
    private static ModelGraph graph(int opset, ElementType type, int rows, int columns, long[] codes) {
        return ModelGraph.builder("g")
                .opset(opset)
                .input("x", ElementType.FLOAT, rows, columns)
                .output("y", ElementType.FLOAT, rows, columns)
                .initializer(GraphTensor.of("codes", type, new long[] {rows, columns}, codes))
                .initializer(GraphTensor.of("scale", new long[0], new float[] {0.25f}))
                .initializer(GraphTensor.of("zero", type, new long[0], new long[] {1}))
                .node("DequantizeLinear", "dequantize", List.of("codes", "scale", "zero"), List.of("w"))
                .node("Add", "add", List.of("x", "w"), List.of("y"))
                .build();
    }

    private static long[] codes(int count, int least, int levels, long seed) {
        Random random = new Random(seed);
        return random.ints(count, least, least + levels).asLongStream().toArray();
    }

    private static GraphTensor packedTensor(ModelGraph packed) {
        return packed.initializers().get("codes");
    }

    /** Every number of levels from any least integer, sizes that fill their last word and that do not, either type. */
    @Property(tries = 30)
    void anyIntegers_inAnySet_areTheSameInBothEngines(
            @ForAll long seed,
            @ForAll boolean signed,
            @ForAll @IntRange(min = 1, max = 256) int levels,
            @ForAll @IntRange(min = 0, max = 255) int offset,
            @ForAll @IntRange(min = 1, max = 40) int columns) {
        ElementType type = signed ? ElementType.INT8 : ElementType.UINT8;
        int least = (int) type.least() + offset % (257 - levels);
        long[] codes = codes(ROWS * columns, least, levels, seed);
        ModelGraph plain = graph(17, type, ROWS, columns, codes);
        ModelGraph packed = IntegerStorage.pack(plain);
        float[] x = new float[codes.length];
        try (OnnxRuntimeModel expected = OnnxRuntimeModel.open(plain, 1);
                OnnxRuntimeModel actual = OnnxRuntimeModel.open(packed, 1);
                TorchGraphModel torch = TorchGraphModel.open(packed, "cpu")) {
            float[] y = expected.logits(x, ROWS);
            assertThat(actual.logits(x, ROWS)).containsExactly(y);
            assertThat(torch.logits(x, ROWS)).containsExactly(y);
        }
        assertThat(packed.byteSize()).isLessThanOrEqualTo(plain.byteSize());
        assertThat(IntegerStorage.pack(packed)).isSameAs(packed);
    }

    @Example
    void fourBits_becomeAType_ofHalfTheBytes() {
        ModelGraph packed = IntegerStorage.pack(graph(17, ElementType.INT8, 64, 64, codes(4096, -8, 16, 1)));
        assertThat(packed.opset()).isEqualTo(21);
        assertThat(packedTensor(packed).describe()).isEqualTo("INT4[64, 64]");
        assertThat(packed.nodes().get(0).operator()).isEqualTo("Cast");
        assertThat(packed.byteSize()).isLessThan(2048 + 400);
    }

    @Example
    void twoBits_becomeAType_ofAQuarterOfTheBytes() {
        ModelGraph packed = IntegerStorage.pack(graph(17, ElementType.INT8, 64, 64, codes(4096, -2, 4, 1)));
        assertThat(packed.opset()).isEqualTo(25);
        assertThat(packedTensor(packed).describe()).isEqualTo("INT2[64, 64]");
        assertThat(packed.byteSize()).isLessThan(1024 + 400);
    }

    /** 3³⁹ < 2⁶³ < 3⁴⁰: 39 digits in 8 bytes. */
    @Example
    void threeLevels_becomeWords_whereTheyAreMany() {
        ModelGraph packed = IntegerStorage.pack(graph(17, ElementType.INT8, 200, 200, codes(40_000, -1, 3, 1)));
        assertThat(packed.opset()).isEqualTo(17);
        assertThat(packedTensor(packed).describe()).isEqualTo("INT64[1026, 1]");
    }

    @Example
    void words_ofEveryNumberOfLevels_holdAsManyDigitsAsFit() {
        assertThat(new WordForm(new IntegerRange(0, 1, 1)).digits()).isEqualTo(63);
        assertThat(new WordForm(new IntegerRange(-1, 1, 1)).digits()).isEqualTo(39);
        assertThat(new WordForm(new IntegerRange(-4, 3, 1)).digits()).isEqualTo(21);
        assertThat(new WordForm(new IntegerRange(-128, 127, 1)).digits()).isEqualTo(7);
    }

    /** GroupNormalization of set 18 means something else in set 21. */
    @Example
    void graph_thatCannotBeRaised_keepsItsSet() {
        ModelGraph graph = ModelGraph.builder("g")
                .opset(18)
                .input("x", ElementType.FLOAT, -1, 4, 64)
                .output("y", ElementType.FLOAT, -1, 4, 64)
                .initializer(GraphTensor.of("codes", ElementType.INT8, new long[] {64, 64}, codes(4096, -8, 16, 1)))
                .initializer(GraphTensor.of("scale", new long[0], new float[] {0.25f}))
                .initializer(GraphTensor.of("one", new long[] {2}, new float[] {1, 1}))
                .node("DequantizeLinear", "dequantize", List.of("codes", "scale"), List.of("w"))
                .node("MatMul", "product", List.of("x", "w"), List.of("p"))
                .node(
                        "GroupNormalization",
                        "norm",
                        List.of("p", "one", "one"),
                        List.of("y"),
                        Attributes.NONE.withInt("num_groups", 2))
                .build();
        ModelGraph packed = IntegerStorage.pack(graph);
        assertThat(packed.opset()).isEqualTo(18);
        assertThat(packedTensor(packed).type()).isEqualTo(ElementType.INT64);
        assertThat(packed.byteSize()).isLessThan(graph.byteSize() - 1000);
        float[] x = new float[4 * 64];
        Random random = new Random(3);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        try (OnnxRuntimeModel expected = OnnxRuntimeModel.open(graph, 1);
                OnnxRuntimeModel actual = OnnxRuntimeModel.open(packed, 1)) {
            assertThat(actual.logits(x, 1)).containsExactly(expected.logits(x, 1));
        }
    }
}
