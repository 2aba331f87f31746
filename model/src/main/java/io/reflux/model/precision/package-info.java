/**
 * Mixed precision (Micikevicius et al. 2018, arXiv:1710.03740): which operators run in 16 bits, and what serves them.
 * Weights stay in fp32 whatever the precision; the compiled script casts where an operator reads a value.
 */
@NullMarked
package io.reflux.model.precision;

import org.jspecify.annotations.NullMarked;
