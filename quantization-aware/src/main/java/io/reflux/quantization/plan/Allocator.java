package io.reflux.quantization.plan;

import io.reflux.model.graph.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Chooses bits for each layer so that a budget is kept and the sum of the sensitivities is least, exactly ({@link Knapsack}).
 * That the losses of layers add up is an assumption: what the whole network loses is measured afterwards.
 */
public final class Allocator {

    private Allocator() {}

    /**
     * Chooses among all that was measured.
     *
     * @throws ModelException if even the least that the layers can be exceeds the budget; the message says how much that is
     */
    public static BitPlan allocate(NetworkProfile network, Budget budget) {
        return allocate(network, budget, option -> true);
    }

    /** As {@link #allocate(NetworkProfile, Budget)}, among some options, at least one of each layer. */
    public static BitPlan allocate(NetworkProfile network, Budget budget, Predicate<LayerOption> allowed) {
        List<List<LayerOption>> options = new ArrayList<>();
        List<List<Knapsack.Choice>> choices = new ArrayList<>();
        for (LayerProfile layer : network.layers()) {
            List<LayerOption> some = layer.options().stream().filter(allowed).toList();
            if (some.isEmpty()) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        "layer " + layer.name() + ": nothing measured to choose from (expected: at least one option)");
            }
            options.add(some);
            choices.add(some.stream()
                    .map(option -> new Knapsack.Choice(budget.cost(layer, option), option.sensitivity()))
                    .toList());
        }
        long limit = budget.limit(network);
        long least = Knapsack.leastCost(choices);
        if (least > limit) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "budget: " + budget.describe(network, limit) + " (expected: at least "
                            + budget.describe(network, least) + ", the least that the layers allow)");
        }
        int[] chosen = Knapsack.solve(choices, limit);
        List<LayerOption> result = new ArrayList<>();
        for (int i = 0; i < chosen.length; i++) {
            result.add(options.get(i).get(chosen[i]));
        }
        return BitPlan.of(network, result);
    }
}
