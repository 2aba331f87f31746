package io.reflux.quantization.plan;

import io.reflux.model.graph.ModelException;
import io.reflux.quantization.sensitivity.Divergence;
import java.util.function.Predicate;

/** Makes plans whose files keep a budget: the bytes of layers add up only nearly, so the file itself is looked at. */
public final class Planner {

    /** Names and shared constants make some bytes of difference; the first try is the last but for those. */
    private static final int TRIES = 8;

    private Planner() {}

    /**
     * Chooses bits, quantises with them, and chooses anew with less where the file exceeds a budget of bytes.
     *
     * @param allowed options to choose from
     * @throws ModelException if nothing keeps the budget
     */
    public static MeasuredPlan plan(
            NetworkProfile network, Budget budget, Predicate<LayerOption> allowed, Divergence divergence) {
        MeasuredPlan plan = MeasuredPlan.of(Allocator.allocate(network, budget, allowed), divergence);
        if (!(budget instanceof Budget.Bytes bytes)) {
            return plan;
        }
        long told = bytes.bytes();
        for (int i = 0; i < TRIES && plan.bytes() > bytes.bytes(); i++) {
            told -= plan.bytes() - bytes.bytes();
            plan = MeasuredPlan.of(Allocator.allocate(network, new Budget.Bytes(told), allowed), divergence);
        }
        if (plan.bytes() > bytes.bytes()) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "budget: " + bytes.bytes() + " bytes (expected: more; the nearest plan takes " + plan.bytes()
                            + ")");
        }
        return plan;
    }
}
