package io.reflux.model.operator.spi;

/** What training does with a constant tensor. */
public enum InitializerRole {
    /** The optimiser moves it along its gradient. */
    PARAMETER,
    /** The forward pass in training mode updates it; it has no gradient (running statistics). */
    BUFFER,
    /** It stays as it is (shapes, ratios, integers). */
    CONSTANT
}
