package io.reflux.quantization.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.runtime.OnnxRuntimeModel;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CoveredBoundsTest {

    private static final int SIZE = 600;

    private static GraphTensor scalar(String name, float value) {
        return GraphTensor.of(name, new long[0], new float[] {value});
    }

    /** x + 0 → a bound → integers → y. */
    private static ModelGraph graph(GraphNode bound, ElementType type, float scale, int zeroPoint) {
        return ModelGraph.builder("g")
                .opset(17)
                .input("x", ElementType.FLOAT, -1, SIZE)
                .output("y", ElementType.FLOAT, -1, SIZE)
                .initializer(scalar("none", 0))
                .initializer(scalar("least", -0.5f))
                .initializer(scalar("most", 6))
                .initializer(scalar("scale", scale))
                .initializer(GraphTensor.of("zero", type, new long[0], new long[] {zeroPoint}))
                .node("Add", "add", List.of("x", "none"), List.of("a"))
                .node(bound)
                .node("QuantizeLinear", "q", List.of("b", "scale", "zero"), List.of("q"))
                .node("DequantizeLinear", "d", List.of("q", "scale", "zero"), List.of("y"))
                .build();
    }

    private static ModelGraph relu(ElementType type, float scale, int zeroPoint) {
        return graph(node("Relu", "a"), type, scale, zeroPoint);
    }

    private static GraphNode node(String operator, String... inputs) {
        return new GraphNode("bound", operator, "", List.of(inputs), List.of("b"), Attributes.NONE);
    }

    private static boolean isKept(ModelGraph graph) {
        ModelGraph without = CoveredBounds.of(graph);
        float[] x = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            x[i] = (i - 300) / 30f;
        }
        try (OnnxRuntimeModel expected = OnnxRuntimeModel.open(graph, 1);
                OnnxRuntimeModel actual = OnnxRuntimeModel.open(without, 1)) {
            assertThat(actual.logits(x, 1)).containsExactly(expected.logits(x, 1));
        }
        assertThat(CoveredBounds.of(without)).isSameAs(without);
        return without.nodes().stream().anyMatch(node -> node.name().equals("bound"));
    }

    @Example
    void relu_beforeUnsignedIntegersFromZero_isLeftOut() {
        assertThat(isKept(relu(ElementType.UINT8, 0.02f, 0))).isFalse();
    }

    @Example
    void relu_beforeIntegersThatGoBelow_stays() {
        assertThat(isKept(relu(ElementType.UINT8, 0.02f, 3))).isTrue();
        assertThat(isKept(relu(ElementType.INT8, 0.02f, 0))).isTrue();
    }

    @Example
    void relu_beforeTheLeastSignedInteger_isLeftOut() {
        assertThat(isKept(relu(ElementType.INT8, 0.02f, -128))).isFalse();
    }

    @Example
    void relu_thatSomethingElseReads_stays() {
        ModelGraph graph = relu(ElementType.UINT8, 0.02f, 0).toBuilder()
                .node("Neg", "negative", List.of("b"), List.of("n"))
                .output("n", ElementType.FLOAT, -1, SIZE)
                .build();
        assertThat(CoveredBounds.of(graph)).isSameAs(graph);
    }

    /** Without the Clip behind it, the Relu is before integers from 0. */
    @Example
    void relu_beforeAClipThatIsLeftOut_isLeftOutToo() {
        ModelGraph graph = relu(ElementType.UINT8, 0.02f, 0);
        List<GraphNode> nodes = new ArrayList<>(graph.nodes());
        nodes.set(1, node("Clip", "r", "none", "most"));
        nodes.add(1, new GraphNode("relu", "Relu", "", List.of("a"), List.of("r"), Attributes.NONE));
        ModelGraph both = graph.toBuilder().replaceNodes(nodes).build();
        assertThat(isKept(both)).isFalse();
        assertThat(CoveredBounds.of(both).nodes())
                .extracting(GraphNode::operator)
                .containsExactly("Add", "QuantizeLinear", "DequantizeLinear");
    }

    /** The file opens: a note that chooses nothing any more would be refused. */
    @ParameterizedTest
    @ValueSource(strings = {"mos*", "most"})
    void bounds_thatANoteChooses_areGoneFromIt(String pattern) {
        ModelGraph graph = graph(node("Clip", "a", "none", "most"), ElementType.UINT8, 0.02f, 0);
        ModelGraph without = CoveredBounds.of(new RoleOverrides(List.of(), List.of(pattern, "non*")).note(graph));
        assertThat(without.initializers()).doesNotContainKey("most");
        assertThat(RoleOverrides.of(without).constants()).containsExactly("non*");
        assertThat(GraphContext.of(without).roles()).containsEntry("none", InitializerRole.CONSTANT);
    }

    /** Whatever is left out, the answers are the same, and a Clip within the integers' range stays. */
    @Property(tries = 40)
    void clip_ofAnyIntegers(
            @ForAll @IntRange(min = 1, max = 60) int thousandths, @ForAll @IntRange(min = 0, max = 255) int zeroPoint) {
        float scale = thousandths / 1000f;
        boolean kept = isKept(graph(node("Clip", "a", "least", "most"), ElementType.UINT8, scale, zeroPoint));
        boolean covered = Math.rint(-0.5f / scale) + zeroPoint <= 0 && Math.rint(6 / scale) + zeroPoint >= 255;
        assertThat(kept).isEqualTo(!covered);
        assertThat(isKept(graph(node("Clip", "a", "none"), ElementType.UINT8, scale, 0)))
                .isFalse();
    }
}
