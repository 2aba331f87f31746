package io.reflux.model.operator.spi;

import java.util.List;

/**
 * A scale whose gradient needs no pass of autograd's: for every index of an axis it is the sum over all terms of Σ gradient ·
 * value / scale, times a factor.
 *
 * @param scale name of the parameter in the graph; where it is below 0 its magnitude counts
 * @param terms what is summed
 * @param rank dimensions of the values
 * @param axis that has a scale for each index; -1 = one for all
 * @param factor of the gradient
 */
public record LearnedScale(String scale, List<Term> terms, int rank, int axis, double factor) {

    /** No scale is nearer to 0: 2⁻⁶⁰. */
    public static final double LEAST = 0x1p-60;

    public LearnedScale {
        terms = List.copyOf(terms);
    }

    /**
     * An inner product.
     *
     * @param of variable whose gradient is one factor
     * @param value variable of the other
     * @param sign 1 or -1
     */
    public record Term(String of, String value, int sign) {}

    /**
     * The scale of y, which is x rounded. Where x was clamped, y changes with the scale by y / scale, elsewhere by
     * (y − x) / scale (Esser et al. 2020, arXiv:1902.08153, eq. 3); and x has y's gradient where it was not clamped, else 0.
     *
     * @param x variable of x, which nothing else reads
     * @param y variable of y
     */
    public static LearnedScale ofRounding(String scale, String x, String y, int rank, int axis, double factor) {
        return new LearnedScale(scale, List.of(new Term(y, y, 1), new Term(x, x, -1)), rank, axis, factor);
    }
}
