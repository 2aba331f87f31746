package io.reflux.model.zoo;

/**
 * How the weights of a new layer are drawn; biases start at 0.
 *
 * <p>Var(w) = 2 / fanIn (He et al. 2015, arXiv:1502.01852, eq. 10) or 2 / (fanIn + fanOut) (Glorot & Bengio 2010, eq.
 * 12). A uniform draw on [−b, b] has variance b² / 3.
 */
public enum Initialization {
    HE_NORMAL,
    HE_UNIFORM,
    XAVIER_NORMAL,
    XAVIER_UNIFORM;

    /** Standard deviation of one weight; fanIn and fanOut count the weights that meet in one output and one input. */
    double deviation(long fanIn, long fanOut) {
        return switch (this) {
            case HE_NORMAL, HE_UNIFORM -> Math.sqrt(2.0 / fanIn);
            case XAVIER_NORMAL, XAVIER_UNIFORM -> Math.sqrt(2.0 / (fanIn + fanOut));
        };
    }

    boolean isNormal() {
        return this == HE_NORMAL || this == XAVIER_NORMAL;
    }
}
