package io.reflux.data.glyph;

/** A pen in a hand: how thick it draws, how the pressure changes along a stroke, how its ink takes to the paper. */
final class Pen {

    private static final int PIXELS = GlyphDataSet.SIDE * GlyphDataSet.SIDE;

    private final Hand hand;
    private final double radius;
    private final double pressureSpread;
    private final double blur;
    private final double darkness;
    private final double grain;
    private final double specks;

    Pen(Hand hand) {
        this.hand = hand;
        // The square makes thin pens more frequent than thick ones.
        double thickness = hand.between(0, 1);
        radius = 0.7 + 1.3 * thickness * thickness;
        pressureSpread = hand.between(0.05, 0.22);
        blur = hand.between(0.03, 0.17);
        darkness = hand.between(1.1, 1.7);
        grain = hand.between(0, 0.2);
        specks = hand.chance(0.3) ? hand.between(0, 0.06) : 0;
    }

    /** Draws strokes, one after another. */
    void draw(Polyline line, Canvas canvas) {
        int vertex = 0;
        while (vertex < line.size()) {
            int end = vertex + 1;
            while (end < line.size() && !line.startsAt(end)) {
                end++;
            }
            stroke(line, vertex, end - 1, canvas);
            vertex = end;
        }
        canvas.blur(blur);
    }

    /** Pressure is a parabola through its values where the stroke begins, half way and where it ends. */
    private void stroke(Polyline line, int first, int last, Canvas canvas) {
        double begin = hand.around(1, pressureSpread);
        double middle = hand.around(1.05, pressureSpread);
        double end = hand.around(0.92, pressureSpread);
        double before = radius * begin;
        for (int i = first; i < last; i++) {
            double t = (i + 1 - first) / (double) (last - first);
            double pressure = begin + t * (4 * middle - 3 * begin - end + t * (2 * begin - 4 * middle + 2 * end));
            double after = radius * Math.max(0.4, pressure);
            canvas.piece(line.x(i), line.y(i), before, line.x(i + 1), line.y(i + 1), after);
            before = after;
        }
    }

    /** Takes the picture: ink with the paper's grain and a few specks as unsigned bytes. */
    void develop(Canvas canvas, byte[] target, int offset) {
        int noise = 0;
        for (int i = 0; i < PIXELS; i++) {
            // A word of random bits serves four pixels.
            noise = i % 4 == 0 ? hand.bits() : noise >>> 8;
            double uniform = (noise & 0xFF) / 255.0;
            double value = Math.min(1, darkness * canvas.ink(i)) * (1 - grain * uniform) + specks * uniform;
            target[offset + i] = (byte) (int) (Math.min(1, value) * 255 + 0.5);
        }
    }
}
