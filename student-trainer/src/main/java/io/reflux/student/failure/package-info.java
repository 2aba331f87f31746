/**
 * The one exception by which a run fails: a line for people and a code for programs.
 */
@NullMarked
package io.reflux.student.failure;

import org.jspecify.annotations.NullMarked;
