/** Attention as one operator. */
@NullMarked
package io.reflux.model.operator.attention;

import org.jspecify.annotations.NullMarked;
