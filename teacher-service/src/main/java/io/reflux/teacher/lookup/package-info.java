/**
 * Stands between the students' streams and the batcher: samples whose answers are known are answered from the cache, each
 * other one is computed once, whoever asks for it meanwhile, and all of it only as fast as the students receive.
 */
@NullMarked
package io.reflux.teacher.lookup;

import org.jspecify.annotations.NullMarked;
