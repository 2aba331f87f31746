/** Whether the precision of training changes what is learnt. */
@NullMarked
package io.reflux.benchmarks.precision;

import org.jspecify.annotations.NullMarked;
