/** How much a network's answers change when layers get fewer bits: measured, or foretold by the curvature of the loss. */
@NullMarked
package io.reflux.quantization.sensitivity;

import org.jspecify.annotations.NullMarked;
