/** Operators that move elements or repeat them without computing: shapes, axes, slices, padding, resizing. */
@NullMarked
package io.reflux.model.operator.layout;

import org.jspecify.annotations.NullMarked;
