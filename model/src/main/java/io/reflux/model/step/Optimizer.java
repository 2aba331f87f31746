package io.reflux.model.step;

/**
 * How gradients change parameters. Weight decay acts on tensors of rank two and more: weights, not biases and norms.
 */
public sealed interface Optimizer permits Sgd, AdamW {}
