/**
 * Counter-based random numbers: every random number of a run is a pure function of a seed, a purpose and a position, so any
 * machine computes the same one in any order.
 */
@NullMarked
package io.reflux.data.random;

import org.jspecify.annotations.NullMarked;
