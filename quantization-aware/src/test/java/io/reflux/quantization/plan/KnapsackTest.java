package io.reflux.quantization.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ModelException;
import io.reflux.quantization.plan.Knapsack.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

final class KnapsackTest {

    @Provide
    Arbitrary<List<List<Choice>>> groups() {
        Arbitrary<Choice> choice = Combinators.combine(
                        Arbitraries.longs().between(-5, 30),
                        Arbitraries.doubles().between(0, 10).ofScale(2))
                .as(Choice::new);
        return choice.list().ofMinSize(1).ofMaxSize(4).list().ofMinSize(1).ofMaxSize(6);
    }

    /** Every combination, one after the other. */
    private static double leastLoss(List<List<Choice>> groups, int from, long budget) {
        if (from == groups.size()) {
            return budget >= 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        double least = Double.POSITIVE_INFINITY;
        for (Choice choice : groups.get(from)) {
            least = Math.min(least, choice.loss() + leastLoss(groups, from + 1, budget - choice.cost()));
        }
        return least;
    }

    private static long cost(List<List<Choice>> groups, int[] chosen) {
        long cost = 0;
        for (int i = 0; i < chosen.length; i++) {
            cost += groups.get(i).get(chosen[i]).cost();
        }
        return cost;
    }

    private static double loss(List<List<Choice>> groups, int[] chosen) {
        double loss = 0;
        for (int i = 0; i < chosen.length; i++) {
            loss += groups.get(i).get(chosen[i]).loss();
        }
        return loss;
    }

    @Property
    void solution_ofAnyGroups_isTheBestOfAllCombinations(
            @ForAll("groups") List<List<Choice>> groups, @ForAll @DoubleRange(min = 0, max = 1) double part) {
        long least = Knapsack.leastCost(groups);
        long most = groups.stream()
                .mapToLong(group -> group.stream().mapToLong(Choice::cost).max().orElseThrow())
                .sum();
        long budget = least + Math.round(part * (most - least));
        int[] chosen = Knapsack.solve(groups, budget);
        assertThat(cost(groups, chosen)).isLessThanOrEqualTo(budget);
        assertThat(loss(groups, chosen)).isCloseTo(leastLoss(groups, 0, budget), within(1e-9));
    }

    /** Whoever takes the layer that gains most for its cost first is left with a loss of 16. */
    @Test
    void solution_whereGreedIsWrong_isTheBest() {
        List<List<Choice>> groups = List.of(
                List.of(new Choice(0, 10), new Choice(6, 0)),
                List.of(new Choice(0, 8), new Choice(5, 0)),
                List.of(new Choice(0, 8), new Choice(5, 0)));
        assertThat(Knapsack.solve(groups, 10)).containsExactly(0, 1, 1);
    }

    /** The best cannot be made better by changing one layer. */
    @Test
    void solution_ofAHundredLayers_leavesNoChangeThatGains() {
        Random random = new Random(7);
        List<List<Choice>> groups = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            long elements = 1000 + random.nextInt(5_000_000);
            double trace = random.nextDouble();
            groups.add(List.of(
                    new Choice(elements / 4, trace),
                    new Choice(elements / 2, trace / 16),
                    new Choice(elements, trace / 4096),
                    new Choice(4 * elements, 0)));
        }
        long budget = Knapsack.leastCost(groups) * 2;
        int[] chosen = Knapsack.solve(groups, budget);
        long rest = budget - cost(groups, chosen);
        assertThat(rest).isNotNegative();
        for (int i = 0; i < chosen.length; i++) {
            Choice taken = groups.get(i).get(chosen[i]);
            assertThat(groups.get(i))
                    .filteredOn(other -> other.cost() <= taken.cost() + rest)
                    .noneMatch(other -> other.loss() < taken.loss());
        }
    }

    @Test
    void budget_belowTheLeastCost_isRefused() {
        List<List<Choice>> groups = List.of(List.of(new Choice(3, 1)), List.of(new Choice(5, 1), new Choice(4, 2)));
        assertThatThrownBy(() -> Knapsack.solve(groups, 6))
                .isInstanceOf(ModelException.class)
                .hasMessage("budget: 6 (expected: at least 7)");
    }
}
