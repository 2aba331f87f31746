package io.reflux.data.glyph;

import io.reflux.data.random.PhiloxStream;

/** The hand of one writer in one moment: where every variation of one glyph is drawn from. Not thread-safe. */
final class Hand {

    private final PhiloxStream random;

    Hand(PhiloxStream random) {
        this.random = random;
    }

    /** Uniform in [low, high). */
    double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    /**
     * Bell-shaped around {@code mean} with standard deviation {@code spread}, never further than 3.47 spreads away: the
     * sum of four uniform numbers, which needs no function whose last bit differs between machines.
     */
    double around(double mean, double spread) {
        double sum = random.nextDouble() + random.nextDouble() + random.nextDouble() + random.nextDouble();
        // Four uniform numbers have mean 2 and variance 4/12.
        return mean + spread * (sum - 2) * 1.7320508075688772;
    }

    /** True with this probability. */
    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** 0 to {@code weights.length - 1}, each as often as its weight among all says. */
    int pick(double... weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double left = between(0, sum);
        int choice = 0;
        while (choice < weights.length - 1 && left >= weights[choice]) {
            left -= weights[choice];
            choice++;
        }
        return choice;
    }

    /** 32 random bits. */
    int bits() {
        return random.nextWord();
    }
}
