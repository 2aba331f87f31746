package io.reflux.model.operator.constant;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.EngineParity;
import java.util.List;
import net.jqwik.api.Example;

final class ConstantParityTest {

    @Example
    void dropoutIdentityReluAndConstant_equalOnnxRuntime() {
        EngineParity parity = new EngineParity(9);
        parity.assertSame(
                17,
                new long[] {6},
                graph -> graph.node("Relu", "relu", List.of("x"), List.of("a"))
                        .initializer(GraphTensor.of("ratio", new long[0], new float[] {0.25f}))
                        .node("Dropout", "drop", List.of("a", "ratio"), List.of("b"))
                        .node("Identity", "same", List.of("b"), List.of("c"))
                        .node(
                                "Constant",
                                "constant",
                                List.of(),
                                List.of("k"),
                                Attributes.NONE.withTensor("value", parity.tensor("k", 6)))
                        .node("Add", "add", List.of("c", "k"), List.of("y")));
    }
}
