/**
 * Several different teachers as one: the student learns the weighted mean of their soft targets.
 */
@NullMarked
package io.reflux.student.ensemble;

import org.jspecify.annotations.NullMarked;
