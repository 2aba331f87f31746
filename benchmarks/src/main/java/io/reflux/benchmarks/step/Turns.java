package io.reflux.benchmarks.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lets contenders take turns, so that a machine that drifts meets all of them.
 *
 * @param rounds turns of each, at least 1
 * @param seconds time that a turn should take, above 0; a turn has at least one step
 * @param clock what is read
 */
record Turns(int rounds, double seconds, Clock clock) {

    private static final int MAX_STEPS = 10_000;

    /** After so long Java's compiler has seen what runs in a step; a training run is far longer. */
    private static final double WARM_UP_SECONDS = 3;

    Turns {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds: " + rounds + " (expected: >= 1)");
        }
        if (!(seconds > 0)) {
            throw new IllegalArgumentException("seconds: " + seconds + " (expected: > 0)");
        }
    }

    /** Milliseconds a step of each turn, sorted, by contender. A warm-up and a turn that nobody counts come first. */
    Map<String, List<Double>> take(List<Contender> contenders) throws Exception {
        Map<String, List<Double>> times = new TreeMap<>();
        int[] steps = new int[contenders.size()];
        for (int i = 0; i < steps.length; i++) {
            Contender contender = contenders.get(i);
            double one = warmUp(contender);
            steps[i] = (int) Math.max(1, Math.min(MAX_STEPS, seconds / one));
            contender.run(steps[i], clock);
            times.put(contender.name(), new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < steps.length; i++) {
                // Who begins changes, since the one before leaves its heat and its caches behind.
                int turn = (i + round) % steps.length;
                Contender contender = contenders.get(turn);
                times.get(contender.name()).add(1e3 * contender.run(steps[turn], clock) / steps[turn]);
            }
        }
        times.values().forEach(list -> list.sort(null));
        return times;
    }

    /** Runs until nothing is new any more, and returns the seconds that a step takes then. */
    private static double warmUp(Contender contender) throws Exception {
        int steps = 1;
        double spent = 0;
        while (true) {
            double passed = contender.run(steps, Clock.WALL);
            spent += passed;
            if (spent > WARM_UP_SECONDS) {
                return passed / steps;
            }
            steps = Math.min(2 * steps, MAX_STEPS);
        }
    }

    /** The middle of sorted numbers. */
    static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
