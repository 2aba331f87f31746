/**
 * Kills teachers and students in the midst of a run, and shows that nothing is lost or done twice.
 */
@NullMarked
package io.reflux.benchmarks.kill;

import org.jspecify.annotations.NullMarked;
