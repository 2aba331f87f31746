/** Rewrites of graphs: pairs of QuantizeLinear and DequantizeLinear put in, weights turned into integers. */
@NullMarked
package io.reflux.quantization.rewrite;

import org.jspecify.annotations.NullMarked;
