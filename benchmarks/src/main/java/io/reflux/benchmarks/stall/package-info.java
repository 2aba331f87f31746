/** Students that stop reading: what that does to a teacher's memory and to the students beside them. */
@NullMarked
package io.reflux.benchmarks.stall;

import org.jspecify.annotations.NullMarked;
