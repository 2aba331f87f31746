package io.reflux.model.operator.indexing;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class IndexingOperators {

    private IndexingOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(
                new ArgExtreme("ArgMax", "torch.argmax"),
                new ArgExtreme("ArgMin", "torch.argmin"),
                new Gather(),
                new GatherElements(),
                new GatherND(),
                new NonZero(),
                new OneHot(),
                new ScatterElements(),
                new ScatterND(),
                new TopK());
    }
}
