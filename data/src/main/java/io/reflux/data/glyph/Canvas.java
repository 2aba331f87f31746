package io.reflux.data.glyph;

/** A square of paper: ink per pixel, 0 to 1 and above while it is wet. Not thread-safe. */
final class Canvas {

    private static final int SIDE = GlyphDataSet.SIDE;

    private double[] ink = new double[SIDE * SIDE];

    /**
     * Draws a straight piece with round ends whose radius changes evenly from one end to the other. A pixel takes ink by
     * how far the edge of the piece lies beyond its centre, from half a pixel short of it to half a pixel past it;
     * pieces do not add up, the darkest counts.
     */
    void piece(double x0, double y0, double radius0, double x1, double y1, double radius1) {
        double reach = Math.max(radius0, radius1) + 0.5;
        int firstColumn = pixel(Math.min(x0, x1) - reach);
        int lastColumn = pixel(Math.max(x0, x1) + reach);
        int firstRow = pixel(Math.min(y0, y1) - reach);
        int lastRow = pixel(Math.max(y0, y1) + reach);
        double dx = x1 - x0;
        double dy = y1 - y0;
        double perLength = 1 / Math.max(dx * dx + dy * dy, 1e-12);
        for (int row = firstRow; row <= lastRow; row++) {
            double py = row + 0.5 - y0;
            for (int column = firstColumn; column <= lastColumn; column++) {
                double px = column + 0.5 - x0;
                double t = Math.max(0, Math.min(1, (px * dx + py * dy) * perLength));
                double offX = px - t * dx;
                double offY = py - t * dy;
                double edge = radius0 + t * (radius1 - radius0) + 0.5;
                double squared = offX * offX + offY * offY;
                if (squared < edge * edge) {
                    int at = row * SIDE + column;
                    ink[at] = Math.max(ink[at], Math.min(1, edge - Math.sqrt(squared)));
                }
            }
        }
    }

    /** Lets the ink run: each pixel gives {@code share} of its ink to each neighbour in its row, then in its column. */
    void blur(double share) {
        ink = blurred(blurred(ink, share, 1), share, SIDE);
    }

    /** Ink of a pixel, counted row by row. */
    double ink(int pixel) {
        return ink[pixel];
    }

    private static double[] blurred(double[] ink, double share, int step) {
        double[] blurred = new double[ink.length];
        for (int i = 0; i < ink.length; i++) {
            int along = i / step % SIDE;
            double before = along > 0 ? ink[i - step] : 0;
            double after = along < SIDE - 1 ? ink[i + step] : 0;
            blurred[i] = (1 - 2 * share) * ink[i] + share * (before + after);
        }
        return blurred;
    }

    private static int pixel(double coordinate) {
        return Math.max(0, Math.min(SIDE - 1, (int) coordinate));
    }
}
