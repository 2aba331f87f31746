/** {@code reflux teacher}: from options to a serving teacher, until a signal ends it. */
@NullMarked
package io.reflux.app.teacher;

import org.jspecify.annotations.NullMarked;
