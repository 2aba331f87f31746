/**
 * What a person sees while a student trains: one line redrawn in place on a terminal, plain lines elsewhere.
 */
@NullMarked
package io.reflux.student.progress;

import org.jspecify.annotations.NullMarked;
