/**
 * The training loop: views are sampled and rendered ahead, soft labels requested ahead, and each batch is one step.
 */
@NullMarked
package io.reflux.student.training;

import org.jspecify.annotations.NullMarked;
