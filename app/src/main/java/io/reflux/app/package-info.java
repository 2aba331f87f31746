/** The {@code reflux} command: the one place that knows every other module and wires them. */
@NullMarked
package io.reflux.app;

import org.jspecify.annotations.NullMarked;
