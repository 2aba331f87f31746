package io.reflux.teacher.engine;

import io.reflux.model.runtime.InferenceModel;
import java.util.List;
import java.util.Map;

/** A model of one number a sample and one class; what it makes of them is the test's. */
public abstract class OneNumberModel implements InferenceModel {
    @Override
    public final List<Long> sampleShape() {
        return List.of(1L);
    }

    @Override
    public final int numClasses() {
        return 1;
    }

    @Override
    public final String digest() {
        return "ab".repeat(32);
    }

    @Override
    public final Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public final void close() {}
}
