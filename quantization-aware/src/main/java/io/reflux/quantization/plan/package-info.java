/**
 * Bits for each layer: what a budget of bytes, bits or time allows, chosen exactly from what was measured of each layer, and
 * kept as a plan that people can read and change.
 */
@NullMarked
package io.reflux.quantization.plan;

import org.jspecify.annotations.NullMarked;
