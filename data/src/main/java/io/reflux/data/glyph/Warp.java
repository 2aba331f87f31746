package io.reflux.data.glyph;

/**
 * A smooth elastic deformation about the centre of the unit square, each coordinate displaced by a cubic polynomial of
 * both without constant and linear terms; then the linear part of a handwriting, its width, slant and rotation.
 */
final class Warp implements Polyline.Motion {

    /** Standard deviation of a polynomial's coefficients, in heights of the digit. */
    private static final double ELASTICITY = 0.035;

    private static final int TERMS = 6;

    private final double[] bendX = new double[TERMS];
    private final double[] bendY = new double[TERMS];
    private final double xx;
    private final double xy;
    private final double yx;
    private final double yy;

    Warp(Hand hand) {
        for (int i = 0; i < TERMS; i++) {
            bendX[i] = hand.around(0, ELASTICITY);
            bendY[i] = hand.around(0, ELASTICITY);
        }
        double width = hand.around(1, 0.15);
        double slant = hand.around(0.16, 0.2);
        double angle = hand.around(0, 0.12);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        // Rotation times (slant and width): x' = width x - slant y, y' = y, then turned.
        xx = cos * width;
        xy = -cos * slant - sin;
        yx = sin * width;
        yy = -sin * slant + cos;
    }

    @Override
    public double x(double x, double y) {
        double u = bent(x, bendX, x, y);
        double v = bent(y, bendY, x, y);
        return xx * u + xy * v;
    }

    @Override
    public double y(double x, double y) {
        double u = bent(x, bendX, x, y);
        double v = bent(y, bendY, x, y);
        return yx * u + yy * v;
    }

    /** A coordinate, centred and displaced. */
    private static double bent(double coordinate, double[] bend, double x, double y) {
        double u = 2 * x - 1;
        double v = 2 * y - 1;
        double displacement = bend[0] * u * u
                + bend[1] * u * v
                + bend[2] * v * v
                + v * (bend[3] * u * u + bend[4] * u * v + bend[5] * v * v);
        return coordinate - 0.5 + displacement;
    }
}
