package io.reflux.data.glyph;

import java.util.Arrays;

/** Strokes as vertices joined by straight pieces. Filled once, then moved in place. Not thread-safe. */
final class Polyline {

    private final double[] xs;
    private final double[] ys;
    private final boolean[] starts;
    private int size;

    Polyline(int capacity) {
        xs = new double[capacity];
        ys = new double[capacity];
        starts = new boolean[capacity];
    }

    /** Where a vertex moves. */
    interface Motion {
        double x(double x, double y);

        double y(double x, double y);
    }

    void start(double x, double y) {
        starts[size] = true;
        to(x, y);
    }

    void to(double x, double y) {
        xs[size] = x;
        ys[size] = y;
        size++;
    }

    int size() {
        return size;
    }

    double x(int vertex) {
        return xs[vertex];
    }

    double y(int vertex) {
        return ys[vertex];
    }

    /** Whether the pen is put down at this vertex, so that no piece leads to it. */
    boolean startsAt(int vertex) {
        return starts[vertex];
    }

    /** Moves every vertex. */
    void move(Motion motion) {
        for (int i = 0; i < size; i++) {
            double x = motion.x(xs[i], ys[i]);
            ys[i] = motion.y(xs[i], ys[i]);
            xs[i] = x;
        }
    }

    double minX() {
        return Arrays.stream(xs, 0, size).min().orElseThrow();
    }

    double maxX() {
        return Arrays.stream(xs, 0, size).max().orElseThrow();
    }

    double minY() {
        return Arrays.stream(ys, 0, size).min().orElseThrow();
    }

    double maxY() {
        return Arrays.stream(ys, 0, size).max().orElseThrow();
    }
}
