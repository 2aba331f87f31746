package io.reflux.model.step;

/**
 * An {@link Optimizer} as script text.
 *
 * <p>In scope: {@code lr} (learning rate) and {@code t} (number of the update, from 1) as float, {@code like} (a scalar
 * tensor on the device of the weights), and for the {@link ParameterGroup} {@code k} the lists {@code wk} (weights),
 * {@code m0_k} and so on (moments).
 */
interface UpdateRule {

    /** The rule of an optimiser. */
    static UpdateRule of(Optimizer optimizer) {
        if (optimizer instanceof Sgd sgd) {
            return new SgdUpdate(sgd);
        }
        return optimizer instanceof AdamW adamW ? new AdamWUpdate(adamW) : new LambUpdate((Lamb) optimizer);
    }

    /** Number of moment tensors kept for each parameter. */
    int moments();

    /**
     * Writes the statements that update one group.
     *
     * @param gradients name of the list of its gradients
     * @param divisor name of the scalar tensor that the gradients are to be divided by, or {@code None}
     */
    void write(ScriptLines script, ParameterGroup group, String gradients, String divisor);
}
