/** Convolutions over one or two spatial axes. */
@NullMarked
package io.reflux.model.operator.convolution;

import org.jspecify.annotations.NullMarked;
