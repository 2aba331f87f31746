/** Batch normalisation taken into the layer before it, which evaluation then does in one. */
@NullMarked
package io.reflux.quantization.folding;

import org.jspecify.annotations.NullMarked;
