package io.reflux.model.operator.quantization;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class QuantizationOperators {

    private QuantizationOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(new DequantizeLinear(), new QuantizeLinear());
    }
}
