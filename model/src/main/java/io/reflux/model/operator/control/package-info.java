/** Operators that choose which part of a graph runs. */
@NullMarked
package io.reflux.model.operator.control;

import org.jspecify.annotations.NullMarked;
