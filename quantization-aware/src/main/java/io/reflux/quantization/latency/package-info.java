/** How long models take. */
@NullMarked
package io.reflux.quantization.latency;

import org.jspecify.annotations.NullMarked;
