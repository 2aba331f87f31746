/** Softmax and its logarithm, and dropout. */
@NullMarked
package io.reflux.model.operator.probability;

import org.jspecify.annotations.NullMarked;
