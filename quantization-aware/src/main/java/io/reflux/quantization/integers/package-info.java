/** The arithmetic of engines that compute with integers, written out in floats that hold them exactly. */
@NullMarked
package io.reflux.quantization.integers;

import org.jspecify.annotations.NullMarked;
