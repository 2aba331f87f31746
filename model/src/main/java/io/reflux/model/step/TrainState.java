package io.reflux.model.step;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that a {@link TrainStep} remembers between steps, by value.
 *
 * @param tensors elements by name: {@code parameter/NAME}, {@code buffer/NAME}, {@code moment0/NAME} and so on
 * @param updates number of updates made
 */
public record TrainState(Map<String, float[]> tensors, long updates) {

    public TrainState {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        Ranges.require("updates", updates, updates >= 0, ">= 0");
    }
}
