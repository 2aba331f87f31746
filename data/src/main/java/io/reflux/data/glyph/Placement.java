package io.reflux.data.glyph;

/** Fits strokes into the middle 20 by 20 pixels of the image, as MNIST's digits are, by and large. */
record Placement(double scaleX, double scaleY, double left, double top) implements Polyline.Motion {

    /** Of the strokes' middle lines, on average; with the pen's thickness 20. */
    private static final double BOX_PIXELS = 18;

    /** How {@code line} is scaled and moved by this hand. */
    static Placement of(Polyline line, Hand hand) {
        double minX = line.minX();
        double minY = line.minY();
        double width = line.maxX() - minX;
        double height = line.maxY() - minY;
        double scale = BOX_PIXELS / Math.max(width, height) * hand.around(1, 0.06);
        double stretch = hand.around(1, 0.04);
        double scaleX = scale * stretch;
        double scaleY = scale / stretch;
        double centreX = GlyphDataSet.SIDE / 2.0 + hand.around(0, 0.7);
        double centreY = GlyphDataSet.SIDE / 2.0 + hand.around(0, 0.7);
        return new Placement(
                scaleX, scaleY, centreX - scaleX * (minX + width / 2), centreY - scaleY * (minY + height / 2));
    }

    @Override
    public double x(double x, double y) {
        return left + scaleX * x;
    }

    @Override
    public double y(double x, double y) {
        return top + scaleY * y;
    }
}
