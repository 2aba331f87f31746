package io.reflux.model.operator.layout;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class LayoutOperators {

    private LayoutOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(
                new Resize(),
                new Pad(),
                new Concat(),
                new DepthToSpace(),
                new Expand(),
                new Flatten(),
                new Reshape(),
                new Slice(),
                new SpaceToDepth(),
                new Split(),
                new Squeeze(),
                new Tile(),
                new Transpose(),
                new Trilu(),
                new Unsqueeze());
    }
}
