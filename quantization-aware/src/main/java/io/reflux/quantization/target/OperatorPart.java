package io.reflux.quantization.target;

/** What an operator does in a quantised graph. */
public enum OperatorPart {
    /**
     * A product with a constant weight. It runs in integers when what it reads is quantised, and what it gives is
     * quantised, too, or floats.
     */
    PRODUCT,
    /** A product that runs in integers only when what it gives is quantised. */
    CLOSED_PRODUCT,
    /** Runs in integers when all that it reads and what it gives is quantised, with qparams of its own. */
    ARITHMETIC,
    /** Moves integers as they are: what it gives has the qparams of what it reads. */
    MOVE,
    /** Bounds what the layer before it gives; it is part of that layer when the integers have the same bounds. */
    BOUND,
    /** Does nothing in evaluation. */
    NOTHING,
    /** Runs in floats. */
    FLOAT
}
