/** Cross-layer equalisation: scales moved from one layer into the next, so that few bits reach all channels alike. */
@NullMarked
package io.reflux.quantization.equalization;

import org.jspecify.annotations.NullMarked;
