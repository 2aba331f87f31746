/** {@code reflux inspect}: what is in a model's file. */
@NullMarked
package io.reflux.app.inspect;

import org.jspecify.annotations.NullMarked;
