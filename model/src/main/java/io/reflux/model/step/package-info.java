/**
 * One training step as one call: forward, loss, backward and update in a compiled script, over weights that Java owns.
 */
@NullMarked
package io.reflux.model.step;

import org.jspecify.annotations.NullMarked;
