package io.reflux.model.operator.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphParity;
import io.reflux.model.operator.OperatorParity;
import io.reflux.model.script.GraphCompiler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chains as exporters write them: found, and equal to ONNX Runtime, which runs them as they stand. */
final class AttentionPatternTest {

    private static final String FUSED = "scaled_dot_product_attention";
    private static final int HEADS = 2;
    private static final int TOKENS = 4;
    private static final int WIDTH = 3;

    private enum Chain {
        PLAIN,
        SCALED_BY_DIV,
        SCALED_ON_BOTH_SIDES,
        MASK_ADDED,
        MASK_ADDED_FIRST,
        CAUSAL_BY_WHERE,
        CAUSAL_BY_WHERE_INFINITE,
        CAUSAL_AND_MASK,
        GUARDED_AND_DROPPED,
        THREE_AXES
    }

    @ParameterizedTest
    @EnumSource
    void chain_isFused_andEqualsOnnxRuntimeAndItsGradientDifferences(Chain chain) {
        assertThat(graph(chain).script()).contains(FUSED).doesNotContain("softmax");
        graph(chain).assertSame();
        graph(chain).assertGradients();
    }

    private static OperatorParity graph(Chain chain) {
        OperatorParity parity = new OperatorParity(chain.ordinal(), 17);
        boolean threeAxes = chain == Chain.THREE_AXES;
        long[] shape = threeAxes ? new long[] {6, TOKENS, WIDTH} : new long[] {2, HEADS, TOKENS, WIDTH};
        parity.input("q", shape)
                .input("k", shape)
                .input("v", shape)
                .scalar("zero", 0)
                .scalar("root", 0.76f)
                .scalar("eight", 1.75f)
                .scalar("ratio", 0)
                .scalar("low", -3.4028235e38f)
                .scalar("infinite", Float.NEGATIVE_INFINITY)
                .constant(causal())
                .input(parity.tensor("mask", -2, 0, 2, 1, 1, TOKENS), true)
                .node(
                        "Transpose",
                        "k",
                        "t",
                        threeAxes
                                ? Attributes.NONE.withInts("perm", 0, 2, 1)
                                : Attributes.NONE.withInts("perm", 0, 1, 3, 2));
        switch (chain) {
            case PLAIN, THREE_AXES -> parity.node("MatMul", "q t", "s");
            case SCALED_BY_DIV -> parity.node("MatMul", "q t", "a").node("Div", "a eight", "s");
            case SCALED_ON_BOTH_SIDES ->
                parity.node("Mul", "q root", "qs").node("Mul", "root t", "ts").node("MatMul", "qs ts", "s");
            case MASK_ADDED ->
                parity.node("MatMul", "q t", "a").node("Mul", "a root", "b").node("Add", "b mask", "s");
            case MASK_ADDED_FIRST -> parity.node("MatMul", "q t", "a").node("Add", "mask a", "s");
            case CAUSAL_BY_WHERE -> parity.node("MatMul", "q t", "a").node("Where", "causal a low", "s");
            case CAUSAL_BY_WHERE_INFINITE -> parity.node("MatMul", "q t", "a").node("Where", "causal a infinite", "s");
            case CAUSAL_AND_MASK ->
                parity.node("MatMul", "q t", "a")
                        .node("Div", "a eight", "b")
                        .node("Where", "causal b low", "c")
                        .node("Add", "c mask", "s");
            case GUARDED_AND_DROPPED -> parity.node("MatMul", "q t", "s");
        }
        parity.node("Softmax", "s", "p", Attributes.NONE.withInt("axis", threeAxes ? 2 : -1));
        if (chain == Chain.GUARDED_AND_DROPPED) {
            parity.node("IsNaN", "p", "nan")
                    .node("Where", "nan zero p", "g")
                    .node("Dropout", "g ratio", "w")
                    .node("MatMul", "w v", "y");
        } else {
            parity.node("MatMul", "p v", "y");
        }
        // Every input has a reader, whatever the chain.
        return parity.node("Neg", "mask", "z").output("y").output("z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p", "s", "a"})
    void chain_whoseMiddleIsAnOutput_isLeftAlone(String output) {
        OperatorParity parity = start().node("MatMul", "q t", "a")
                .node("Mul", "a root", "s")
                .node("Softmax", "s", "p")
                .node("MatMul", "p v", "y")
                .output("y")
                .output(output);

        assertThat(parity.script()).doesNotContain(FUSED);
        parity.assertSame();
    }

    @Test
    void scale_afterTheMask_isLeftAlone() {
        OperatorParity parity = start().constant(causalNumbers())
                .node("MatMul", "q t", "a")
                .node("Add", "a numbers", "b")
                .node("Mul", "b root", "s")
                .node("Softmax", "s", "p")
                .node("MatMul", "p v", "y")
                .output("y");

        assertThat(parity.script()).doesNotContain(FUSED);
        parity.assertSame();
    }

    @Test
    void softmax_overAnotherAxis_isLeftAlone() {
        OperatorParity parity = start().node("MatMul", "q t", "s")
                .node("Softmax", "s", "p", Attributes.NONE.withInt("axis", 1))
                .node("MatMul", "p v", "y")
                .output("y");

        assertThat(parity.script()).doesNotContain(FUSED);
        parity.assertSame();
    }

    @Test
    void scoresWhoseSizesAreAskedFor_areComputed() {
        // Both widths are free under names of their own, so that sizes of the scores follow from no input.
        ModelGraph graph = ModelGraph.builder("attention")
                .input("q", ElementType.FLOAT, -1, -1, -1)
                .input("t", ElementType.FLOAT, -1, -1, -1)
                .input("v", ElementType.FLOAT, -1, -1, -1)
                .initializer(GraphTensor.of("one", new long[0], new float[] {1}))
                .node("MatMul", "product", List.of("q", "t"), List.of("scores"))
                .node("Softmax", "softmax", List.of("scores"), List.of("weights"))
                .node("MatMul", "mean", List.of("weights", "v"), List.of("y"))
                .node("Shape", "shape", List.of("weights"), List.of("sizes"))
                .node("Expand", "ones", List.of("one", "sizes"), List.of("z"))
                .output("y", ElementType.FLOAT, -1, -1, -1)
                .output("z", ElementType.FLOAT, -1, -1, -1)
                .build();

        assertThat(GraphCompiler.compile(graph).methods()).doesNotContain(FUSED).contains("softmax");
        GraphParity.assertSame(
                graph,
                GraphTensor.of("q", new long[] {1, 2, 2}, new float[] {1, 2, 3, 4}),
                GraphTensor.of("t", new long[] {1, 2, 2}, new float[] {1, -1, 2, -2}),
                GraphTensor.of("v", new long[] {1, 2, 1}, new float[] {5, 7}));
    }

    @Test
    void scaleOfMoreAxes_isNoAttention() {
        OperatorParity parity = start().constant(GraphTensor.of("deep", new long[] {1, 1, 1, 1, 1}, new float[] {0.5f}))
                .node("MatMul", "q t", "product")
                .node("Mul", "product deep", "scores")
                .node("Softmax", "scores", "weights")
                .node("MatMul", "weights v", "y")
                .output("y");

        assertThat(parity.script()).doesNotContain(FUSED);
        parity.assertSame();
    }

    private static OperatorParity start() {
        return new OperatorParity(3, 17)
                .input("q", 2, HEADS, TOKENS, WIDTH)
                .input("t", 2, HEADS, WIDTH, TOKENS)
                .input("v", 2, HEADS, TOKENS, WIDTH)
                .scalar("root", 0.76f);
    }

    private static GraphTensor causal() {
        long[] seen = new long[TOKENS * TOKENS];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = i % TOKENS <= i / TOKENS ? 1 : 0;
        }
        return GraphTensor.of("causal", ElementType.BOOL, new long[] {1, 1, TOKENS, TOKENS}, seen);
    }

    private static GraphTensor causalNumbers() {
        float[] added = new float[TOKENS * TOKENS];
        for (int i = 0; i < added.length; i++) {
            added[i] = i % TOKENS <= i / TOKENS ? 0 : -1e9f;
        }
        return GraphTensor.of("numbers", new long[] {TOKENS, TOKENS}, added);
    }
}
