/** Whether two models give the same answers. */
@NullMarked
package io.reflux.quantization.fidelity;

import org.jspecify.annotations.NullMarked;
