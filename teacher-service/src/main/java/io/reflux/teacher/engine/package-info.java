/**
 * The teacher model, ready to label: its shape, its digest, how pixels are scaled for it, and one call that turns
 * samples into logits.
 */
@NullMarked
package io.reflux.teacher.engine;

import org.jspecify.annotations.NullMarked;
