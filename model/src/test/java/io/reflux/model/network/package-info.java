/** Whole networks as other frameworks export them. */
@NullMarked
package io.reflux.model.network;

import org.jspecify.annotations.NullMarked;
