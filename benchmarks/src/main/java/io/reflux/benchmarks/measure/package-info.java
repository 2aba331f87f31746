/** What several benchmarks measure or print alike. */
@NullMarked
package io.reflux.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
