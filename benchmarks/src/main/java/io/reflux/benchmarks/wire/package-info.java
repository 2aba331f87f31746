/** Students at the level of the wire, without training, and what stands between them and a teacher. */
@NullMarked
package io.reflux.benchmarks.wire;

import org.jspecify.annotations.NullMarked;
