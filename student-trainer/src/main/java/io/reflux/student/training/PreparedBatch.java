package io.reflux.student.training;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.model.runtime.Inputs;
import io.reflux.student.source.SoftLabels;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A batch that is rendered and whose soft labels have been asked for.
 *
 * @param batch its views
 * @param inputs its samples as the student takes them
 * @param labels hard labels, one for each sample or for each of its positions
 * @param answer the soft labels to come, or null without a teacher
 */
record PreparedBatch(
        ViewBatch batch,
        Inputs inputs,
        int[] labels,
        @Nullable CompletableFuture<SoftLabels> answer) {
    int rows() {
        return batch.views().size();
    }
}
