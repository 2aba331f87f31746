/** Learned rounding of weights (AdaRound): which of its two neighbours each weight goes to, so that outputs stay. */
@NullMarked
package io.reflux.quantization.rounding;

import org.jspecify.annotations.NullMarked;
