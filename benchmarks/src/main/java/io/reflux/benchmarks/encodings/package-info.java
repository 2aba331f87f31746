/** Measures what each encoding of soft labels costs in bytes, and what of the teacher it keeps. */
@NullMarked
package io.reflux.benchmarks.encodings;

import org.jspecify.annotations.NullMarked;
