/** Normalisations: what is normalised over which axes, and how the statistics are kept. */
@NullMarked
package io.reflux.model.operator.normalization;

import org.jspecify.annotations.NullMarked;
