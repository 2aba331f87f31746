package io.reflux.data.sampling;

import io.reflux.data.view.View;
import java.util.List;

/**
 * The views of one training step.
 *
 * @param batchId index of the step in the whole run, from 0
 * @param epoch index of the epoch, from 0
 * @param batchInEpoch index of the batch in its epoch, from 0
 * @param batchesInEpoch number of batches of every epoch
 * @param views the batch, at least one
 */
public record ViewBatch(long batchId, int epoch, int batchInEpoch, int batchesInEpoch, List<View> views) {

    /** @throws IllegalArgumentException if an index is out of range or there are no views */
    public ViewBatch {
        views = List.copyOf(views);
        if (views.isEmpty()) {
            throw new IllegalArgumentException("views: 0 (expected: >= 1)");
        }
        if (batchId < 0 || epoch < 0 || batchInEpoch < 0 || batchInEpoch >= batchesInEpoch) {
            throw new IllegalArgumentException(
                    "batch: id %d, epoch %d, %d of %d (expected: >= 0, index below the number)"
                            .formatted(batchId, epoch, batchInEpoch, batchesInEpoch));
        }
    }

    /** Whether the epoch ends with this batch. */
    public boolean lastOfEpoch() {
        return batchInEpoch == batchesInEpoch - 1;
    }
}
