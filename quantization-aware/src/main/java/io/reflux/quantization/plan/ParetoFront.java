package io.reflux.quantization.plan;

import io.reflux.quantization.placement.LayerBits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The plans that lose least, each within its bytes. */
public final class ParetoFront {

    private ParetoFront() {}

    /**
     * Plans for budgets that are spread evenly, by ratio, from the least that the layers can be to the most.
     *
     * @param allowed options to choose from, at least one of each layer
     * @param budgets how many, at least 2
     * @return different plans, by rising bytes
     */
    public static List<BitPlan> of(NetworkProfile network, Predicate<LayerOption> allowed, int budgets) {
        long least = network.otherBytes();
        long most = network.otherBytes();
        for (LayerProfile layer : network.layers()) {
            List<Long> bytes = layer.options().stream()
                    .filter(allowed)
                    .map(LayerOption::bytes)
                    .sorted()
                    .toList();
            least += bytes.get(0);
            most += bytes.get(bytes.size() - 1);
        }
        Set<BitPlan> plans = new LinkedHashSet<>();
        for (int i = 0; i < budgets; i++) {
            double part = (double) i / (budgets - 1);
            long budget = Math.round(least * Math.pow((double) most / least, part));
            plans.add(Allocator.allocate(network, new Budget.Bytes(Math.max(least, budget)), allowed));
        }
        return new ArrayList<>(plans);
    }

    /** A plan with the same bits everywhere, where every layer was measured with them. */
    public static BitPlan uniform(NetworkProfile network, LayerBits bits) {
        return Allocator.allocate(
                network,
                new Budget.Bytes(Long.MAX_VALUE / 2),
                option -> option.bits().equals(bits));
    }
}
