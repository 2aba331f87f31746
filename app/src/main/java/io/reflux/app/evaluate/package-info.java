/** {@code reflux evaluate}: what a model's file is worth on a test set. */
@NullMarked
package io.reflux.app.evaluate;

import org.jspecify.annotations.NullMarked;
