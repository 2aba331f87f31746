package io.reflux.model.operator.indexing;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Tuples of indices along the last axis of a tensor, as libtorch's list of one index tensor for each axis. */
final class Tuples {

    private Tuples() {}

    /** How many axes of data a tuple indexes, after the batch axes. */
    static long length(List<Long> indices, List<Long> data, int batch) {
        Shapes.requireRank("indices", indices, 1 + batch, Integer.MAX_VALUE);
        long length = indices.get(indices.size() - 1);
        if (length < 1 || length > data.size() - batch) {
            throw Shapes.mismatch(
                    "indices " + indices + " into data " + data,
                    "tuples of 1 to " + (data.size() - batch) + " numbers");
        }
        return length;
    }

    /** A script expression of type List[Optional[Tensor]]: the place along each indexed axis, batch axes first. */
    static String columns(GraphNode node, ScriptEmitter out, int batch) {
        List<Long> shape = out.shape(node.input(1));
        String indices = out.temporary();
        out.line(indices + " = " + Indices.wide(node.input(1), out));
        List<String> columns = new ArrayList<>();
        int rank = shape.size() - 1;
        for (int axis = 0; axis < batch; axis++) {
            // Each sample of the batch reads itself: 0, 1, 2, … along its own axis.
            List<Long> view = new ArrayList<>(Collections.nCopies(rank, 1L));
            view.set(axis, -1L);
            columns.add("torch.reshape(torch.arange(0, " + out.integer(out.size(node.input(0), axis))
                    + ", dtype=4, device=" + out.device() + "), " + ScriptText.ints(view) + ")");
        }
        for (int i = 0; i < shape.get(rank); i++) {
            columns.add("torch.select(" + indices + ", -1, " + i + ")");
        }
        return "annotate(List[Optional[Tensor]], [" + String.join(", ", columns) + "])";
    }
}
