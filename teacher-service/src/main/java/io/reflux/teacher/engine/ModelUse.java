package io.reflux.teacher.engine;

import com.google.protobuf.ByteString;
import io.reflux.model.runtime.Inputs;

/** One model for as long as this is not closed; until then no other takes its place. For one thread. */
public interface ModelUse extends AutoCloseable {

    /** SHA-256 of the model file. */
    ByteString digest();

    /**
     * Computes logits, rows x positions x classes.
     *
     * @throws RuntimeException if the model fails
     */
    float[] logits(Inputs inputs, int rows);

    @Override
    void close();
}
