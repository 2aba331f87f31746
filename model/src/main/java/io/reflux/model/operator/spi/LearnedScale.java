package io.reflux.model.operator.spi;

/**
 * A scale whose gradient needs no pass of autograd's: x is y before rounding, and passes its gradient on where it was not
 * clamped. For every index of the axis
 *
 * <pre>
 * Σ gradient of y · (y − x, or y alone where x was clamped) / scale = (Σ gradient of y · y − Σ gradient of x · x) / scale
 * </pre>
 *
 * <p>which is the gradient of LSQ (Esser et al. 2020, arXiv:1902.08153, eq. 3), from what the backward pass makes anyhow.
 *
 * @param scale name of the parameter in the graph; where it is below 0 its magnitude counts
 * @param x variable of x, which nothing else reads, so that its gradient is y's where it was not clamped, else 0
 * @param y variable of y
 * @param rank dimensions of x and y
 * @param axis that has a scale for each index; -1 = one for all
 * @param factor of the gradient
 */
public record LearnedScale(String scale, String x, String y, int rank, int axis, double factor) {

    /** No scale is nearer to 0: 2⁻⁶⁰. */
    public static final double LEAST = 0x1p-60;
}
