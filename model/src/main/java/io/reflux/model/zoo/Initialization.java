package io.reflux.model.zoo;

/**
 * How the weights of a new layer are drawn; biases start at 0.
 *
 * <p>Var(w) = 2 / fanIn (He et al. 2015, arXiv:1502.01852, eq. 10) or 2 / (fanIn + fanOut) (Glorot & Bengio 2010, eq.
 * 12). A uniform draw on [−b, b] has variance b² / 3. Transformers draw from a normal law of deviation 0.02 whatever the
 * shape (Radford et al. 2019), or drawn anew beyond two deviations (Devlin et al. 2019, arXiv:1810.04805; Dosovitskiy et al. 2021,
 * arXiv:2010.11929).
 */
public enum Initialization {
    HE_NORMAL,
    HE_UNIFORM,
    XAVIER_NORMAL,
    XAVIER_UNIFORM,
    SMALL_NORMAL,
    TRUNCATED_NORMAL;

    /**
     * Standard deviation of one weight, before truncation; fanIn and fanOut count the weights that meet in one output and
     * one input.
     */
    double deviation(long fanIn, long fanOut) {
        return switch (this) {
            case HE_NORMAL, HE_UNIFORM -> Math.sqrt(2.0 / fanIn);
            case XAVIER_NORMAL, XAVIER_UNIFORM -> Math.sqrt(2.0 / (fanIn + fanOut));
            case SMALL_NORMAL, TRUNCATED_NORMAL -> 0.02;
        };
    }

    boolean isNormal() {
        return this == HE_NORMAL || this == XAVIER_NORMAL || this == SMALL_NORMAL || this == TRUNCATED_NORMAL;
    }

    /** Deviations beyond which a number is drawn anew. */
    double truncatedAt() {
        return this == TRUNCATED_NORMAL ? 2 : Double.POSITIVE_INFINITY;
    }
}
