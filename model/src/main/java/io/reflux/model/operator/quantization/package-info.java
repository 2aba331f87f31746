/** Conversions between real numbers and integers on a grid of scale and zero point. */
@NullMarked
package io.reflux.model.operator.quantization;

import org.jspecify.annotations.NullMarked;
