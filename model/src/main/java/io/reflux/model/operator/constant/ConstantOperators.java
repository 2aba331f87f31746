package io.reflux.model.operator.constant;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class ConstantOperators {

    private ConstantOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(
                new Cast("Cast"),
                new Cast("CastLike"),
                new Constant(),
                new ConstantOfShape(),
                new EyeLike(),
                new Identity(),
                new Range(),
                new Shape(),
                new Size());
    }
}
