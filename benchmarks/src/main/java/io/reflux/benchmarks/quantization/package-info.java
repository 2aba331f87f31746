/** What quantisation costs and saves: a table of the runs that {@code benchmarks/quantization/run} leaves. */
@NullMarked
package io.reflux.benchmarks.quantization;

import org.jspecify.annotations.NullMarked;
