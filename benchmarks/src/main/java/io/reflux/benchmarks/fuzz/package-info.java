/** Hostile bytes at the port for students: random ones, random frames, and calls whose messages are right but for a few bytes. */
@NullMarked
package io.reflux.benchmarks.fuzz;

import org.jspecify.annotations.NullMarked;
