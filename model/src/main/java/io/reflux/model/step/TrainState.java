package io.reflux.model.step;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that a {@link TrainStep} remembers between steps, by value.
 *
 * @param tensors elements by name: {@code parameter/NAME}, {@code buffer/NAME}, {@code moment0/NAME} and so on
 * @param updates number of updates made
 * @param pendingBatches batches whose gradients are summed for the next update
 * @param pendingPositions positions that count in these
 */
public record TrainState(Map<String, float[]> tensors, long updates, int pendingBatches, long pendingPositions) {

    public TrainState {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        Ranges.require("updates", updates, updates >= 0, ">= 0");
        Ranges.require("pendingBatches", pendingBatches, pendingBatches >= 0, ">= 0");
        Ranges.require("pendingPositions", pendingPositions, pendingPositions >= 0, ">= 0");
    }
}
