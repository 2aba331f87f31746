package io.reflux.benchmarks.endurance;

import java.util.ArrayList;
import java.util.List;

/**
 * The slope of y over x by Theil and Sen: the median of the slopes of all pairs of points. One jump, as when the JIT
 * compiler asks for an arena, does not move it; steady growth does.
 */
final class Slope {

    private final List<double[]> points = new ArrayList<>();

    void add(double x, double y) {
        points.add(new double[] {x, y});
    }

    /** Change of y for each x; NaN for fewer than two points. */
    double perUnit() {
        List<Double> slopes = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            for (int j = i + 1; j < points.size(); j++) {
                double[] a = points.get(i);
                double[] b = points.get(j);
                slopes.add((b[1] - a[1]) / (b[0] - a[0]));
            }
        }
        slopes.sort(null);
        return slopes.isEmpty() ? Double.NaN : slopes.get(slopes.size() / 2);
    }
}
