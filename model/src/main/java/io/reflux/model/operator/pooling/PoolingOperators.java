package io.reflux.model.operator.pooling;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class PoolingOperators {

    private PoolingOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(
                new AveragePool(),
                new GlobalPool("GlobalAveragePool", "torch.mean({x}, {axes}, True)"),
                new GlobalPool("GlobalLpPool", "torch.linalg_vector_norm({x}, {p}, {axes}, True)"),
                new GlobalPool("GlobalMaxPool", "torch.amax({x}, {axes}, True)"),
                new LpPool(),
                new MaxPool());
    }
}
