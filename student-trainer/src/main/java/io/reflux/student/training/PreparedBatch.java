package io.reflux.student.training;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.student.source.SoftLabels;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A batch that is rendered and whose soft labels have been asked for.
 *
 * @param batch its views
 * @param inputs B x C x H x W, scaled
 * @param labels B hard labels
 * @param answer the soft labels to come, or null without a teacher
 */
record PreparedBatch(
        ViewBatch batch,
        float[] inputs,
        int[] labels,
        @Nullable CompletableFuture<SoftLabels> answer) {
    int rows() {
        return labels.length;
    }
}
