package io.reflux.quantization.plan;

import io.reflux.model.graph.ModelException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The multiple-choice knapsack, solved exactly: one choice of each group, so that the costs stay within a budget and the sum
 * of the losses is least; of equal losses, the least cost.
 *
 * <p>Groups are added one by one, and of the partial sums only those are kept that no other beats in both cost and loss
 * (Nemhauser and Ullmann 1969). A sum is dropped, too, when the budget is exceeded even with the cheapest rest, or when its
 * Lagrangian bound is worse than a solution that is known already. Time and memory are in
 * O(groups · choices · min(budget, choicesᵍʳᵒᵘᵖˢ)) at worst; with the bound, some hundreds of sums remain of networks with
 * a hundred layers.
 */
final class Knapsack {

    /** Halvings of the price of a unit of cost: enough for all bits of a double. */
    private static final int HALVINGS = 1100;

    /** What rounding may add to a bound, relative to the numbers it is made of. */
    private static final double SLACK = 1e-9;

    private final List<List<Choice>> groups;
    private final long budget;
    /** The least cost of the groups from one on. */
    private final long[] leastRest;

    private Knapsack(List<List<Choice>> groups, long budget) {
        this.groups = groups;
        this.budget = budget;
        this.leastRest = new long[groups.size() + 1];
        for (int i = groups.size() - 1; i >= 0; i--) {
            long least = groups.get(i).stream().mapToLong(Choice::cost).min().orElseThrow();
            leastRest[i] = Math.addExact(leastRest[i + 1], least);
        }
    }

    /**
     * One choice of a group.
     *
     * @param cost in any unit, may be negative
     * @param loss finite
     */
    record Choice(long cost, double loss) {
        Choice {
            if (!Double.isFinite(loss)) {
                throw new ModelException(ModelException.Code.INVALID_ARGUMENT, "loss: " + loss + " (expected: finite)");
            }
        }
    }

    /** A sum over the first groups, which knows how it was made. */
    private record Sum(
            long cost, double loss, int choice, @Nullable Sum before) {}

    /** The least cost of all. */
    static long leastCost(List<List<Choice>> groups) {
        return new Knapsack(groups, 0).leastRest[0];
    }

    /**
     * Chooses.
     *
     * @param groups none of them empty
     * @param budget at least {@link #leastCost}
     * @return which choice of each group
     */
    static int[] solve(List<List<Choice>> groups, long budget) {
        return new Knapsack(groups, budget).solve();
    }

    private int[] solve() {
        if (leastRest[0] > budget) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "budget: " + budget + " (expected: at least " + leastRest[0] + ")");
        }
        double price = price();
        double known = priced(price, 0, false);
        double[] pricedRest = new double[groups.size() + 1];
        for (int i = 0; i < pricedRest.length; i++) {
            pricedRest[i] = priced(price, i, true);
        }
        double slack = SLACK * (1 + Math.abs(known) + Math.abs(price * budget));
        List<Sum> sums = List.of(new Sum(0, 0, -1, null));
        for (int i = 0; i < groups.size(); i++) {
            List<Sum> next = new ArrayList<>();
            for (Sum sum : sums) {
                for (int c = 0; c < groups.get(i).size(); c++) {
                    Choice choice = groups.get(i).get(c);
                    long cost = sum.cost + choice.cost;
                    double loss = sum.loss + choice.loss;
                    boolean fits = cost + leastRest[i + 1] <= budget;
                    if (fits && loss + pricedRest[i + 1] - price * (budget - cost) <= known + slack) {
                        next.add(new Sum(cost, loss, c, sum));
                    }
                }
            }
            sums = unbeaten(next);
        }
        int[] chosen = new int[groups.size()];
        Sum sum = sums.get(sums.size() - 1);
        for (int i = groups.size() - 1; i >= 0 && sum != null; i--) {
            chosen[i] = sum.choice;
            sum = sum.before;
        }
        return chosen;
    }

    /** Those that no other beats, by rising cost and falling loss. */
    private static List<Sum> unbeaten(List<Sum> sums) {
        sums.sort(Comparator.comparingLong(Sum::cost).thenComparingDouble(Sum::loss));
        List<Sum> kept = new ArrayList<>();
        for (Sum sum : sums) {
            if (kept.isEmpty() || sum.loss < kept.get(kept.size() - 1).loss) {
                kept.add(sum);
            }
        }
        return kept;
    }

    /** The least price of a unit of cost, but for rounding, at which each group's best choice keeps the budget. */
    private double price() {
        if (cost(0) <= budget) {
            return 0;
        }
        double low = 0;
        double high = 1;
        while (cost(high) > budget && high < Double.MAX_VALUE / 4) {
            low = high;
            high *= 2;
        }
        for (int i = 0; i < HALVINGS && Math.nextUp(low) < high; i++) {
            double middle = low + (high - low) / 2;
            if (cost(middle) > budget) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private long cost(double price) {
        return groups.stream().mapToLong(group -> best(group, price).cost()).sum();
    }

    /** Sum over the groups from one on of the losses of the best choices at a price, with what they cost or without. */
    private double priced(double price, int from, boolean withCost) {
        return groups.subList(from, groups.size()).stream()
                .map(group -> best(group, price))
                .mapToDouble(choice -> choice.loss() + (withCost ? price * choice.cost() : 0))
                .sum();
    }

    private static Choice best(List<Choice> group, double price) {
        return group.stream()
                .min(Comparator.<Choice>comparingDouble(choice -> choice.loss() + price * choice.cost())
                        .thenComparingLong(Choice::cost))
                .orElseThrow();
    }
}
