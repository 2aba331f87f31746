/** {@code reflux train}: from a recipe's file to a student's file. */
@NullMarked
package io.reflux.app.train;

import org.jspecify.annotations.NullMarked;
