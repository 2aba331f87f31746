/** Runs data through a graph and observes the tensors that will be quantised; can stop and go on. */
@NullMarked
package io.reflux.quantization.calibration;

import org.jspecify.annotations.NullMarked;
