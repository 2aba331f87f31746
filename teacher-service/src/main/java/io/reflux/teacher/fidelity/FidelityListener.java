package io.reflux.teacher.fidelity;

import io.reflux.proto.v1.Encoding;

/** Hears what was measured, to count it. Called on the sampler's thread. */
@FunctionalInterface
public interface FidelityListener {

    /**
     * A row was encoded and decoded.
     *
     * @param rowBytes bytes of a row, mean over the block that it was sent in
     */
    void measured(Encoding encoding, RowFidelity fidelity, double rowBytes);
}
