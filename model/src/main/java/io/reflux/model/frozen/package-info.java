/**
 * Rewrites of graphs whose weights no longer change: what would be computed alike in every call is computed once.
 */
@NullMarked
package io.reflux.model.frozen;

import org.jspecify.annotations.NullMarked;
