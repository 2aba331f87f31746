/**
 * Full training steps of Reflux, PyTorch and DJL's own blocks against each other, taking turns in one run.
 */
@NullMarked
package io.reflux.benchmarks.step;

import org.jspecify.annotations.NullMarked;
