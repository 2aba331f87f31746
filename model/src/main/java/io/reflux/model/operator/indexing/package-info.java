/** Operators whose indices are data: gathering, scattering, and the places of extremes. */
@NullMarked
package io.reflux.model.operator.indexing;

import org.jspecify.annotations.NullMarked;
