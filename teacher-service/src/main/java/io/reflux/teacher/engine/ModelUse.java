package io.reflux.teacher.engine;

import com.google.protobuf.ByteString;
import io.reflux.model.runtime.Inputs;
import java.util.List;

/** One model for as long as this is not closed; until then no other takes its place. For one thread. */
public interface ModelUse extends AutoCloseable {

    /** SHA-256 of the model file. */
    ByteString digest();

    /**
     * Computes outputs in one pass.
     *
     * @param wanted indexes into {@link ModelShape#outputs}
     * @return rows x shape of each
     * @throws RuntimeException if the model fails
     */
    List<float[]> values(Inputs inputs, int rows, int... wanted);

    /** Computes logits, rows x positions x classes. */
    default float[] logits(Inputs inputs, int rows) {
        return values(inputs, rows, ModelShape.LOGITS).get(0);
    }

    @Override
    void close();
}
