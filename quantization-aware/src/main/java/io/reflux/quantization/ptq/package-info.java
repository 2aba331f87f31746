/** Quantisation after training: a graph and some data in, a graph that runs in integers out. */
@NullMarked
package io.reflux.quantization.ptq;

import org.jspecify.annotations.NullMarked;
