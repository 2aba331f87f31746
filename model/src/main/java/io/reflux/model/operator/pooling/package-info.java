/** Pooling with a window that slides over the spatial axes, and over whole axes. */
@NullMarked
package io.reflux.model.operator.pooling;

import org.jspecify.annotations.NullMarked;
