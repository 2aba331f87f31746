package io.reflux.benchmarks.measure;

import java.util.List;
import java.util.Locale;

/** A few measurements as one cell of a table. */
public final class Spread {

    private Spread() {}

    /** Mean ± sample deviation; the mean alone of one value, a dash of none. */
    public static String of(List<Double> values, int decimals) {
        if (values.isEmpty()) {
            return "–";
        }
        double mean = values.stream().mapToDouble(x -> x).average().orElseThrow();
        double squares =
                values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
        String format = "%." + decimals + "f";
        return values.size() < 2
                ? String.format(Locale.ROOT, format, mean)
                : String.format(Locale.ROOT, format + " ± " + format, mean, Math.sqrt(squares / (values.size() - 1)));
    }
}
