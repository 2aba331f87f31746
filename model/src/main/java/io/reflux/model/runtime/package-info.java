/** Running a model: one interface, and an engine behind each implementation. */
@NullMarked
package io.reflux.model.runtime;

import org.jspecify.annotations.NullMarked;
