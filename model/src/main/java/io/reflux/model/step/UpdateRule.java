package io.reflux.model.step;

/** An {@link Optimizer} as script text and the scalars it reads. */
interface UpdateRule {

    /** The rule of an optimiser. */
    static UpdateRule of(Optimizer optimizer) {
        return optimizer instanceof Sgd sgd ? new SgdUpdate(sgd) : new AdamWUpdate((AdamW) optimizer);
    }

    /** Number of moment tensors kept for each parameter. */
    int moments();

    /** Writes the statements of the update. */
    void write(UpdateScript script);

    /**
     * Scalars that change from one update to the next; they follow the learning rate in the step's {@code hyper}.
     *
     * @param update number of this update, from 1
     */
    double[] scalars(long update);
}
