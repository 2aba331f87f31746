/** Matrix products. */
@NullMarked
package io.reflux.model.operator.matrix;

import org.jspecify.annotations.NullMarked;
