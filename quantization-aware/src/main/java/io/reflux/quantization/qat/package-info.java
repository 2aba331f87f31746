/** Training of quantised graphs: which scales learn, and what is done when training ends. */
@NullMarked
package io.reflux.quantization.qat;

import org.jspecify.annotations.NullMarked;
