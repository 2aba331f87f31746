/** Operators that fold one or more axes into one number each, and running sums. */
@NullMarked
package io.reflux.model.operator.reduction;

import org.jspecify.annotations.NullMarked;
