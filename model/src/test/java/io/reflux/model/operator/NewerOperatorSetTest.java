package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NewerOperatorSetTest {

    private static final float[] NUMBERS = {1, -2, 3, 0.5f, -0.25f, 6, 7, 8, -9, 10, 11, 12};

    private static ModelGraphBuilder graph(int opset, String output) {
        return ModelGraph.builder("g")
                .opset(opset)
                .input("x", ElementType.FLOAT, -1, 2, 3)
                .outputOfAnyShape(output, ElementType.FLOAT);
    }

    private static void assertComputesTheSame(ModelGraph graph, ModelGraph raised) {
        GraphTensor x = GraphTensor.of("x", new long[] {2, 2, 3}, NUMBERS);
        assertThat(GraphParity.reference(raised, x)).isEqualTo(GraphParity.reference(graph, x));
        GraphParity.assertSame(raised, x);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReduceMean", "ReduceMax", "ReduceL2"})
    void reduction_withAxesAsAttribute_getsThemAsInput(String operator) {
        ModelGraph graph = graph(17, "y")
                .node(
                        operator,
                        "reduce",
                        List.of("x"),
                        List.of("y"),
                        Attributes.NONE.withInts("axes", 2).withInt("keepdims", 0))
                .build();
        ModelGraph raised = NewerOperatorSet.of(graph, 25).orElseThrow();
        assertThat(raised.opset()).isEqualTo(25);
        assertComputesTheSame(graph, raised);
    }

    @Test
    void split_intoEvenParts_saysHowMany() {
        ModelGraph graph = graph(17, "a")
                .outputOfAnyShape("b", ElementType.FLOAT)
                .node("Split", "split", List.of("x"), List.of("a", "b"), Attributes.NONE.withInt("axis", 1))
                .build();
        assertComputesTheSame(graph, NewerOperatorSet.of(graph, 21).orElseThrow());
    }

    @Test
    void operator_thatMeansSomethingElse_keepsTheGraphWhereItIs() {
        ModelGraph graph = graph(18, "y")
                .initializer(GraphTensor.of("scale", new long[] {1}, new float[] {1}))
                .node(
                        "GroupNormalization",
                        "norm",
                        List.of("x", "scale", "scale"),
                        List.of("y"),
                        Attributes.NONE.withInt("num_groups", 1))
                .build();
        assertThat(NewerOperatorSet.of(graph, 21)).isEmpty();
        assertThat(NewerOperatorSet.isReachable(graph, 21)).isFalse();
        assertThat(NewerOperatorSet.of(graph, 20)).isPresent();
    }

    @Test
    void graph_ofANewerSet_isItself() {
        ModelGraph graph =
                graph(23, "y").node("Relu", "relu", List.of("x"), List.of("y")).build();
        assertThat(NewerOperatorSet.of(graph, 21)).containsSame(graph);
    }

    /** All that the zoo is made of is within reach of the smallest types. */
    @ParameterizedTest
    @ValueSource(strings = {"lenet-5", "resnet-8", "mobilenet-v2", "squeezenet", "vit-tiny", "gpt"})
    void network_ofTheZoo_isReached(String name) {
        List<Integer> shape = name.equals("gpt") ? List.of(8) : List.of(3, 32, 32);
        ModelGraph graph = Zoo.build(new ZooSpec(name, shape, 10, Map.of(), null, 1));
        assertThat(NewerOperatorSet.of(graph, 25).orElseThrow().opset()).isEqualTo(25);
    }
}
