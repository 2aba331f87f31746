/** Long runs that must not leak, crash or wander. */
@NullMarked
package io.reflux.benchmarks.endurance;

import org.jspecify.annotations.NullMarked;
