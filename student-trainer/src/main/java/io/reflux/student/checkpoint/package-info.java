/**
 * Checkpoints: everything a run needs to go on bit for bit, in one file that is written beside and then renamed.
 */
@NullMarked
package io.reflux.student.checkpoint;

import org.jspecify.annotations.NullMarked;
