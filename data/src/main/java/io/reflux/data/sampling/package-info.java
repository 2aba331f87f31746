/**
 * The order of training: epochs, shuffles and batches of views as a pure function of a seed and a batch id.
 */
@NullMarked
package io.reflux.data.sampling;

import org.jspecify.annotations.NullMarked;
