/** How much faster networks run in integers than in floats. */
@NullMarked
package io.reflux.benchmarks.integers;

import org.jspecify.annotations.NullMarked;
