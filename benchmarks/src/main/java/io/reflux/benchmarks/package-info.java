/** Programs behind the numbers that Reflux claims; {@code benchmarks/run} starts them. */
@NullMarked
package io.reflux.benchmarks;

import org.jspecify.annotations.NullMarked;
