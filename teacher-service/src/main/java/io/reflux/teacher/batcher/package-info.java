/**
 * Groups the batches of all connected students into batches for the model, by size and time, fairly over the
 * students, and only as fast as each of them is ready to receive.
 */
@NullMarked
package io.reflux.teacher.batcher;

import org.jspecify.annotations.NullMarked;
