/** Batch normalisation beside quantised layers: live while they train, and folded through their pairs in the end. */
@NullMarked
package io.reflux.quantization.folding;

import org.jspecify.annotations.NullMarked;
