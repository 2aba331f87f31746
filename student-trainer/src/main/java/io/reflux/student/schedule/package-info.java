/**
 * Learning rates as pure functions of the step, so that a resumed run continues with the very same numbers.
 */
@NullMarked
package io.reflux.student.schedule;

import org.jspecify.annotations.NullMarked;
