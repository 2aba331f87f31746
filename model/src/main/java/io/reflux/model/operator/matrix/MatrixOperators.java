package io.reflux.model.operator.matrix;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class MatrixOperators {

    private MatrixOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(new Einsum(), new FusedMatMul(), new Gemm(), new MatMul());
    }
}
