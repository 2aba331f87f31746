/**
 * Runs a recipe from the first file to the last: data, student, teacher, stages, checkpoint, export, report.
 * {@link io.reflux.student.run.StudentRun} is the way in.
 */
@NullMarked
package io.reflux.student.run;

import org.jspecify.annotations.NullMarked;
