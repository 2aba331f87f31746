package io.reflux.model.step;

/**
 * How gradients change parameters. {@link StepOptions#noWeightDecay} says which of them weight decay acts on.
 */
public sealed interface Optimizer permits Sgd, AdamW, Lamb {}
