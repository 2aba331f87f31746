package io.reflux.student.run;

import io.reflux.model.graph.ModelGraph;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.ledger.Ledger;
import java.util.List;

/**
 * What the stages of a recipe leave.
 *
 * @param graph the student
 * @param history the finished epochs, those before a resume included
 * @param ledger what is in the weights
 */
record Trained(ModelGraph graph, List<EpochRecord> history, Ledger ledger) {
    /** Copies the list. */
    Trained {
        history = List.copyOf(history);
    }
}
