package io.reflux.model.operator.spi;

/** What an operator does with an input, so that it can be told what training does with an initialiser there. */
public enum InputUse {
    /** A layer's weight or bias: training moves it, whatever its size. */
    WEIGHT,
    /**
     * One side of arithmetic. An initialiser of several elements is a weight (a bias, a position embedding); one of a
     * single element is a constant (an epsilon, a scale of attention).
     */
    OPERAND,
    /** A running statistic, which the forward pass in training mode updates. */
    STATISTIC,
    /** Moved, repeated or cut, but not computed with: it is what the readers of the output make of it. */
    CONTENT,
    /** A setting, such as a shape, an axis or a ratio, or data that no layer has as its weight. */
    SETTING
}
