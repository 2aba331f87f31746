/** {@code reflux train} and {@code reflux export}: from a recipe's file, and a checkpoint, to a student's file. */
@NullMarked
package io.reflux.app.train;

import org.jspecify.annotations.NullMarked;
