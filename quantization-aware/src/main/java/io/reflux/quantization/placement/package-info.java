/** Which values of a graph are quantised, and to what, so that its target runs the graph in integers. */
@NullMarked
package io.reflux.quantization.placement;

import org.jspecify.annotations.NullMarked;
