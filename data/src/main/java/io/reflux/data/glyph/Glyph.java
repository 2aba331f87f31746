package io.reflux.data.glyph;

/** One glyph from meaning to pixels: strokes, elastic and affine deformation, placement, pen. */
final class Glyph {

    private Glyph() {}

    static void draw(int digit, Hand hand, byte[] pixels) {
        Sketch sketch = new Sketch(hand, hand.between(0.008, 0.035));
        DigitForms.sketch(digit, hand, sketch);
        Polyline line = sketch.flatten();
        line.move(new Warp(hand));
        line.move(Placement.of(line, hand));
        Canvas canvas = new Canvas();
        Pen pen = new Pen(hand);
        pen.draw(line, canvas);
        pen.develop(canvas, pixels, 0);
    }
}
