package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** What a {@link Pattern} puts in the place of a chain: it is found in no file, so it has no problems to tell of. */
abstract class FusedOperator implements Operator {

    private final String type;

    /** @param type its name; ONNX's own where it shall compute in the same precision */
    FusedOperator(String type) {
        this.type = type;
    }

    @Override
    public final String type() {
        return type;
    }

    @Override
    public final String domain() {
        return Fusions.DOMAIN;
    }

    @Override
    public final List<String> problems(GraphNode node, NodeContext context) {
        return List.of();
    }
}
