package io.reflux.model.operator.probability;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class ProbabilityOperators {

    private ProbabilityOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(
                new Dropout(),
                new AlongAxis("LogSoftmax", "torch.log_softmax"),
                new AlongAxis("Softmax", "torch.softmax"));
    }
}
