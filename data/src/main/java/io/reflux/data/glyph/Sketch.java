package io.reflux.data.glyph;

import java.util.Arrays;

/**
 * Strokes as a writer means them: points joined by Catmull-Rom curves that bend smoothly at curve points and sharply at
 * corners. Coordinates are x to the right and y down in the unit square. Each point lands where an unsteady hand puts
 * it. Not thread-safe.
 */
final class Sketch {

    private enum Kind {
        START,
        SMOOTH,
        CORNER
    }

    /** Straight pieces of the curve between two points. */
    private static final int PIECES = 6;

    private final Hand hand;
    private final double unsteadiness;
    private Kind[] kinds = new Kind[32];
    private double[] xs = new double[32];
    private double[] ys = new double[32];
    private int size;

    /** @param unsteadiness standard deviation of a point about where it is meant to be */
    Sketch(Hand hand, double unsteadiness) {
        this.hand = hand;
        this.unsteadiness = unsteadiness;
    }

    /** Puts the pen down. */
    Sketch start(double x, double y) {
        return add(Kind.START, x, y);
    }

    /** Draws on through a point. */
    Sketch curve(double x, double y) {
        return add(Kind.SMOOTH, x, y);
    }

    /** Draws on to a point and turns sharply there. */
    Sketch corner(double x, double y) {
        return add(Kind.CORNER, x, y);
    }

    private Sketch add(Kind kind, double x, double y) {
        grow();
        kinds[size] = kind;
        xs[size] = hand.around(x, unsteadiness);
        ys[size] = hand.around(y, unsteadiness);
        size++;
        return this;
    }

    private void grow() {
        if (size == xs.length) {
            kinds = Arrays.copyOf(kinds, 2 * size);
            xs = Arrays.copyOf(xs, 2 * size);
            ys = Arrays.copyOf(ys, 2 * size);
        }
    }

    /** The strokes as straight pieces. */
    Polyline flatten() {
        Polyline line = new Polyline(size * PIECES + 1);
        for (int i = 0; i < size; i++) {
            if (kinds[i] == Kind.START) {
                line.start(xs[i], ys[i]);
            } else {
                flattenPiece(i - 1, line);
            }
        }
        return line;
    }

    /** The uniform Catmull-Rom curve from point {@code from} to the next one. */
    private void flattenPiece(int from, Polyline line) {
        int to = from + 1;
        boolean bendsBefore = kinds[from] == Kind.SMOOTH;
        boolean bendsAfter = kinds[to] == Kind.SMOOTH && to + 1 < size && kinds[to + 1] != Kind.START;
        double x0 = bendsBefore ? xs[from - 1] : 2 * xs[from] - xs[to];
        double y0 = bendsBefore ? ys[from - 1] : 2 * ys[from] - ys[to];
        double x3 = bendsAfter ? xs[to + 1] : 2 * xs[to] - xs[from];
        double y3 = bendsAfter ? ys[to + 1] : 2 * ys[to] - ys[from];
        for (int piece = 1; piece <= PIECES; piece++) {
            double t = piece / (double) PIECES;
            line.to(catmullRom(x0, xs[from], xs[to], x3, t), catmullRom(y0, ys[from], ys[to], y3, t));
        }
    }

    private static double catmullRom(double a, double b, double c, double d, double t) {
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    }
}
