/** Bias correction: what quantised weights shift on average, taken back by the biases. */
@NullMarked
package io.reflux.quantization.correction;

import org.jspecify.annotations.NullMarked;
