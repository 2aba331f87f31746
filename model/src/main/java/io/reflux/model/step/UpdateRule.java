package io.reflux.model.step;

/** An {@link Optimizer} as script text. */
interface UpdateRule {

    /** The rule of an optimiser. */
    static UpdateRule of(Optimizer optimizer) {
        return optimizer instanceof Sgd sgd ? new SgdUpdate(sgd) : new AdamWUpdate((AdamW) optimizer);
    }

    /** Number of moment tensors kept for each parameter. */
    int moments();

    /** Writes the statements that update one group. */
    void write(UpdateScript script, ParameterGroup group);
}
