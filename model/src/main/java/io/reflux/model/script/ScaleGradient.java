package io.reflux.model.script;

import io.reflux.model.operator.spi.LearnedScale;

/**
 * What a step needs for the gradient of a {@link LearnedScale}. The training method returns its terms behind all else, in the
 * order of these: of each the variable whose gradient is wanted, and the value.
 *
 * @param parameter place of the scale among the parameters
 * @param shared whether other nodes read the scale too, with gradients by autograd
 * @param scale what is learned
 */
public record ScaleGradient(int parameter, boolean shared, LearnedScale scale) {}
