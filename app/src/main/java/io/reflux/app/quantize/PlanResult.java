package io.reflux.app.quantize;

import io.reflux.quantization.plan.MeasuredPlan;
import java.util.List;
import java.util.Map;

/**
 * What {@code reflux plan} found.
 *
 * @param chosen the plan within the budget that loses least
 * @param front plans of other budgets, by rising bytes
 * @param uniform networks with the same bits everywhere, by what to call them
 */
record PlanResult(MeasuredPlan chosen, List<MeasuredPlan> front, Map<String, MeasuredPlan> uniform) {

    PlanResult {
        front = List.copyOf(front);
    }
}
